import { createBLAKE3, createSHA256 } from 'hash-wasm'

// The hashers are WebAssembly instances made once; `init` resets them, so each call is synchronous and independent.
const blake3 = await createBLAKE3()
const sha256 = await createSHA256()

/** BLAKE3-256 of bytes, or of a text's UTF-8 bytes, as `blake3:` and 64 lower-case hex digits. */
export function b3(input: string | Uint8Array): string {
  return `blake3:${blake3.init().update(input).digest('hex')}`
}

/** SHA-256 of a text's UTF-8 bytes as 64 lower-case hex digits. */
export function sha256hex(text: string): string {
  return sha256.init().update(text).digest('hex')
}
