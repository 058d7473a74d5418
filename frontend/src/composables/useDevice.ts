import { useAccountText } from './useAccountText'

/** Says in the current language what somebody came with; the service tells "Firefox on Linux". */
export function useDevice() {
  const t = useAccountText()
  return (device: string): string => {
    const [browser = '', system] = device.split(' on ')
    if (!browser) return t.value.sessions.unknown
    return system ? t.value.sessions.device(browser, system) : browser
  }
}
