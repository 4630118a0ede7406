/** What the hello says about the browser and the page. */
import type { SignalDeviceInfo, SignalPageInfo } from '../wire/generated.ts'
import { pageOf } from './captures/navigation.ts'
import type { Policy } from './privacy/policy.ts'
import { clip } from './text.ts'

const SIZE_MOST = 65_535
const URL_MOST = 2_048

export const deviceInfo = (): SignalDeviceInfo => ({
  user_agent: clip(navigator.userAgent, 1_024),
  language: clip(navigator.language || '', 64),
  timezone: clip(timezone(), 64),
  screen_width: size(screen.width),
  screen_height: size(screen.height),
  viewport_width: size(window.innerWidth),
  viewport_height: size(window.innerHeight),
})

export function pageInfo(policy: Policy): SignalPageInfo {
  const { url, title, referrer } = pageOf('load', { policy })
  return { url: clip(url, URL_MOST), title: clip(title, URL_MOST), referrer: clip(referrer, URL_MOST) }
}

const size = (pixels: number): number => Math.min(Math.max(Math.round(pixels) || 0, 0), SIZE_MOST)

function timezone(): string {
  try {
    return Intl.DateTimeFormat().resolvedOptions().timeZone ?? ''
  } catch {
    return ''
  }
}
