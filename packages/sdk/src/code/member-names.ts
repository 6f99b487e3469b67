const source = 'it shows or changes the code of a function'
const locale = 'its result depends on the locale or on the Unicode version of the machine'

/** Members no closed function may touch, in any spelling, with the reason. */
export const refusedMembers: ReadonlyMap<string, string> = new Map([
  ['constructor', 'it leads to functions whose code cannot be read'],
  ['prototype', 'it is shared by the whole process'],
  ['__proto__', 'it is shared by the whole process'],
  ['__defineGetter__', 'it can change how built-ins behave'],
  ['__defineSetter__', 'it can change how built-ins behave'],
  ['__lookupGetter__', source],
  ['__lookupSetter__', source],
  ['caller', source],
  ['callee', source],
  ['arguments', source],
  ['apply', 'call the function itself'],
  ['bind', 'call the function itself'],
  ['call', 'call the function itself'],
  ['stack', 'it names files of the machine'],
  ['buffer', 'it shows memory beyond the values asked for'],
  ['localeCompare', locale],
  ['normalize', locale],
  ['toLocaleDateString', locale],
  ['toLocaleLowerCase', locale],
  ['toLocaleString', locale],
  ['toLocaleTimeString', locale],
  ['toLocaleUpperCase', locale],
])

const iterators = [[].values(), new Map().entries(), new Set().values(), ''[Symbol.iterator](), ''.matchAll(/x/g)]
const builtInValues: readonly object[] = [
  Object.prototype,
  Function.prototype,
  Array.prototype,
  String.prototype,
  Number.prototype,
  Boolean.prototype,
  BigInt.prototype,
  Symbol.prototype,
  RegExp.prototype,
  Map.prototype,
  Set.prototype,
  Error.prototype,
  Float64Array.prototype,
  ...iterators,
]

/**
 * Names of built-in methods. They may be called, never read: a method is one object for the whole process, and what is
 * written on it would be remembered from bar to bar. `last` belongs to the views of a node's inputs.
 */
export const methodNames: ReadonlySet<string> = new Set([...builtInValues.flatMap(namesOfMethods), 'last'])

function namesOfMethods(value: object): readonly string[] {
  const own = Object.entries(Object.getOwnPropertyDescriptors(value))
  const names = own.filter(([, descriptor]) => typeof descriptor.value === 'function').map(([name]) => name)
  const parent: unknown = Object.getPrototypeOf(value)
  return typeof parent === 'object' && parent !== null ? [...names, ...namesOfMethods(parent)] : names
}

/** Names that every plain object inherits: destructuring an argument must not reach them. */
export const inheritedNames: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Built-in methods that take a function first, with the place of the element's index in its arguments, if it has one. */
export const callbackMethods: ReadonlyMap<string, number | undefined> = new Map([
  ['every', 1],
  ['filter', 1],
  ['find', 1],
  ['findIndex', 1],
  ['findLast', 1],
  ['findLastIndex', 1],
  ['flatMap', 1],
  // The second argument of `Map.prototype.forEach` is a key, which need not be a number.
  ['forEach', undefined],
  ['map', 1],
  ['reduce', 2],
  ['reduceRight', 2],
  ['some', 1],
  ['sort', undefined],
  ['toSorted', undefined],
])
