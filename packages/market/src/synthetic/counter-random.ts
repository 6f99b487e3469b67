/**
 * Chance by position: each (stream, counter) begins its own xoshiro128** sequence (Blackman and Vigna, 2018), so any hour's draws
 * are known without drawing those before it. Integer arithmetic and one exact scaling only: the same bits on every platform.
 */

/** State of one sequence: four words, changed in place by every draw. */
export type RandomState = Int32Array

const golden = 0x9e3779b9
const perUint32 = 1 / 4_294_967_296
/** Standard deviation of the sum of four uniform 16-bit integers is 65536 ÷ √3. */
const normalScale = Math.sqrt(3) / 65_536
const normalMean = 131_070

export function createRandomState(): RandomState {
  return new Int32Array(4)
}

/** 32-bit key of a named stream: FNV-1a over the UTF-16 units, then mixed. */
export function streamKeyOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return mix(hash)
}

/** Begins the sequence of a stream at a counter, an integer within ±2^31. */
export function seedRandom(state: RandomState, streamKey: number, counter: number): void {
  let word = mix(streamKey ^ mix(counter))
  for (let index = 0; index < 4; index++) {
    word = (word + golden) | 0
    state[index] = mix(word ^ streamKey)
  }
}

/** A double within [0, 1), a multiple of 2^-32. */
export function nextUniform(state: RandomState): number {
  return (nextWord(state) >>> 0) * perUint32
}

/** Mean 0, variance 1, within ±3.47: a centred sum of four uniforms, since logarithms differ between platforms. */
export function nextNormal(state: RandomState): number {
  const first = nextWord(state)
  const second = nextWord(state)
  const sum = (first & 0xffff) + (first >>> 16) + (second & 0xffff) + (second >>> 16)
  return (sum - normalMean) * normalScale
}

function nextWord(state: RandomState): number {
  const second = state[1]!
  const scrambled = Math.imul(second, 5)
  const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9)
  state[2]! ^= state[0]!
  state[3]! ^= second
  state[1]! ^= state[2]!
  state[0]! ^= state[3]!
  state[2]! ^= second << 9
  state[3] = (state[3]! << 11) | (state[3]! >>> 21)
  return result
}

/** A bijection of 32-bit words with full avalanche (Wellons' `lowbias32`). */
function mix(word: number): number {
  let x = word
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return x ^ (x >>> 15)
}
