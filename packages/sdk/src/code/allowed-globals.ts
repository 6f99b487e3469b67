/** How code may use a global name. None may be stored, passed on or assigned: they are shared by the whole process. */
export interface AllowedGlobal {
  /** A plain constant such as `NaN`. */
  readonly constant?: true
  /** `Name(…)`. */
  readonly call?: true
  /** `new Name(…)`. */
  readonly construct?: true
  /** `Name.member(…)`. */
  readonly functions?: readonly string[]
  /** `Name.member`. */
  readonly constants?: readonly string[]
}

const typedArray: AllowedGlobal = {
  construct: true,
  functions: ['from', 'of'],
  constants: ['BYTES_PER_ELEMENT'],
}

const error: AllowedGlobal = { call: true, construct: true }

/**
 * The globals a closed function may use: none reads a clock, a locale, chance or the outside, none can be changed through
 * its use here. `Math` of one machine is `Math` of another, because V8 carries its own implementation of these functions.
 */
export const allowedGlobals: Readonly<Record<string, AllowedGlobal>> = {
  undefined: { constant: true },
  NaN: { constant: true },
  Infinity: { constant: true },
  isNaN: { call: true },
  isFinite: { call: true },
  parseInt: { call: true },
  parseFloat: { call: true },
  Math: {
    // Not `random`.
    functions: [
      ...['abs', 'acos', 'acosh', 'asin', 'asinh', 'atan', 'atan2', 'atanh', 'cbrt', 'ceil', 'clz32', 'cos', 'cosh'],
      ...['exp', 'expm1', 'floor', 'fround', 'hypot', 'imul', 'log', 'log10', 'log1p', 'log2', 'max', 'min', 'pow'],
      ...['round', 'sign', 'sin', 'sinh', 'sqrt', 'tan', 'tanh', 'trunc'],
    ],
    constants: ['E', 'LN10', 'LN2', 'LOG10E', 'LOG2E', 'PI', 'SQRT1_2', 'SQRT2'],
  },
  Number: {
    call: true,
    functions: ['isFinite', 'isInteger', 'isNaN', 'isSafeInteger', 'parseFloat', 'parseInt'],
    constants: [
      ...['EPSILON', 'MAX_SAFE_INTEGER', 'MAX_VALUE', 'MIN_SAFE_INTEGER', 'MIN_VALUE'],
      ...['NEGATIVE_INFINITY', 'NaN', 'POSITIVE_INFINITY'],
    ],
  },
  BigInt: { call: true, functions: ['asIntN', 'asUintN'] },
  Boolean: { call: true },
  String: { call: true, functions: ['fromCharCode', 'fromCodePoint', 'raw'] },
  Array: { call: true, construct: true, functions: ['from', 'isArray', 'of'] },
  Object: { functions: ['freeze', 'hasOwn', 'is', 'keys'] },
  Map: { construct: true },
  Set: { construct: true },
  Float32Array: typedArray,
  Float64Array: typedArray,
  Int8Array: typedArray,
  Int16Array: typedArray,
  Int32Array: typedArray,
  Uint8Array: typedArray,
  Uint8ClampedArray: typedArray,
  Uint16Array: typedArray,
  Uint32Array: typedArray,
  Error: error,
  RangeError: error,
  TypeError: error,
}

/** Why a well-known global is refused; anything else is simply not an argument. */
export const refusedGlobals: Readonly<Record<string, string>> = {
  Date: 'it reads the clock or the time zone; take times from an input',
  performance: 'it reads the clock',
  Temporal: 'it reads the clock or the time zone',
  Intl: 'it depends on the locale',
  crypto: 'it reads chance',
  globalThis: 'it reaches the outside',
  process: 'it reaches the outside',
  console: 'it writes to the outside',
  eval: 'its code cannot be read',
  Function: 'its code cannot be read',
  Promise: 'a node answers at once',
  setTimeout: 'a node answers at once',
  fetch: 'it reaches the outside',
  Symbol: 'it can change how built-ins behave',
  Proxy: 'it can change how built-ins behave',
  Reflect: 'it can change how built-ins behave',
  JSON: 'a node computes with numbers, not with documents',
  __name:
    'esbuild or tsx rewrote the function; load the file with loadStrategy (or the qmtl command), which only erases types',
  __spreadArray: 'the code was compiled to an older language; compile to ES2023 or newer',
  __rest: 'the code was compiled to an older language; compile to ES2023 or newer',
  __assign: 'the code was compiled to an older language; compile to ES2023 or newer',
}
