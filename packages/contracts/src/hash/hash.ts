import { createBLAKE3, createSHA256 } from 'hash-wasm'

// The hashers are WebAssembly instances made once; `init` resets them, so each call is synchronous and independent.
const blake3 = await createBLAKE3()
const sha256 = await createSHA256()

/** BLAKE3-256 of bytes, or of a text's UTF-8 bytes, as `blake3:` and 64 lower-case hex digits. */
export function b3(input: string | Uint8Array): string {
  return `blake3:${blake3.init().update(input).digest('hex')}`
}

/** BLAKE3-256 of bytes that come in pieces. */
export interface B3Hasher {
  /** Takes the next bytes; they may be overwritten afterwards. */
  update(bytes: Uint8Array): void
  /** The hash in the form of `b3`; the hasher begins anew. */
  digest(): string
}

/** A hasher with a state of its own, so that several can run side by side. */
export async function createB3Hasher(): Promise<B3Hasher> {
  const own = (await createBLAKE3()).init()
  return {
    update: (bytes) => void own.update(bytes),
    digest() {
      const hash = `blake3:${own.digest('hex')}`
      own.init()
      return hash
    },
  }
}

/** SHA-256 of a text's UTF-8 bytes as 64 lower-case hex digits. */
export function sha256hex(text: string): string {
  return sha256.init().update(text).digest('hex')
}
