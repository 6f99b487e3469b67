import type { CommandContext } from '../command/context.ts'
import { loadDeskConfig } from '../config/load-desk-config.ts'
import { connectGateway, type GatewayClient } from './gateway-client.ts'
import { gatewayUrl } from './gateway-url.ts'

/** The Gateway that a command talks to. Nothing is sent yet; the configuration is read only where nothing else names it. */
export function openGateway(
  { cwd, env, signal }: CommandContext,
  { url, waitMs = 0 }: { readonly url: string | undefined; readonly waitMs?: number },
): GatewayClient {
  const configured = () => loadDeskConfig({ cwd, env }).gateway
  return connectGateway({ url: gatewayUrl(url, env, configured), waitMs, signal })
}
