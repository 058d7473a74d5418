/** The one-time token of a link in a mail. It is taken out of the address at once: addresses are kept and passed on. */
export function useMailedToken(): string {
  const route = useRoute()
  const { token, ...query } = route.query
  if (token !== undefined) void useRouter().replace({ path: route.path, query })
  return typeof token === 'string' ? token : ''
}
