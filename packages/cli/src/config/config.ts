import { closed } from '@qmtl/contracts'
import { Type, type Static } from 'typebox'

// One object for all kinds: a union of objects could neither fill in defaults nor say which key is wrong.
const presetSettings = Type.Object(
  {
    kind: Type.Enum(['synthetic', 'csv'], { description: 'a market made from a seed, or recorded bars from files' }),
    seed: Type.Optional(
      Type.Integer({ description: 'synthetic (default 7): the same seed gives the same bars everywhere' }),
    ),
    outages_per_year: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 365,
        unit: 'outages per year and instrument',
        description: 'synthetic (default 0): how often bars are missing for one to four hours',
      }),
    ),
    files: Type.Optional(
      Type.Record(Type.String(), Type.String({ minLength: 1 }), {
        minProperties: 1,
        description: 'csv: instrument id → file of its bars, relative to the configuration file',
      }),
    ),
    allow_gaps: Type.Optional(Type.Boolean({ description: 'csv (default false): take files with missing bars' })),
  },
  { ...closed, description: 'where bars come from' },
)
export type PresetSettings = Readonly<Static<typeof presetSettings>>

/** `qmtl.yml`: every key with its default, unit and meaning. An unknown key stops the start. */
export const configSchema = Type.Object(
  {
    profile: Type.Literal('dev', { default: 'dev', description: 'one process on embedded databases' }),
    data_dir: Type.String({
      minLength: 1,
      default: '.qmtl',
      description: 'directory of the databases, relative to the configuration file',
    }),
    strategies: Type.String({
      minLength: 1,
      default: './strategies',
      description: 'folder of strategy files, relative to the configuration file',
    }),
    worlds: Type.String({
      minLength: 1,
      default: './worlds',
      description: 'folder of world files, relative to the configuration file',
    }),
    gateway: Type.Object(
      {
        host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'address to listen on' }),
        port: Type.Integer({ minimum: 0, maximum: 65_535, default: 8000, description: 'TCP port; 0 takes a free one' }),
      },
      { ...closed, default: {}, description: 'the public edge: HTTP and WebSocket' },
    ),
    data: Type.Object(
      {
        presets: Type.Record(Type.String({ pattern: '^[A-Za-z0-9_-]{1,100}$' }), presetSettings, {
          default: { synthetic: { kind: 'synthetic' } },
          description: 'sources of bars by name; a world names one of them',
        }),
      },
      { ...closed, default: {}, description: 'market data' },
    ),
    paper: Type.Object(
      {
        bars_per_second: Type.Number({
          minimum: 0,
          maximum: 100_000,
          default: 5,
          unit: 'bars per second',
          description:
            'pace of the paper market, as new bars of it need not wait for the clock; 0 is as fast as possible',
        }),
      },
      { ...closed, default: {}, description: 'paper trading' },
    ),
  },
  closed,
)
export type Config = Readonly<Static<typeof configSchema>>
