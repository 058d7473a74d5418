/** Leaves the shop for an address that the identity service names, if any; never for one that is a script. */
export function leaveFor(address: string | null) {
  if (address === null || /^(javascript|data|blob|vbscript):/i.test(address.trim())) return
  location.assign(address)
}
