import { closed } from '@qmtl/contracts'
import { Type, type Static } from 'typebox'

/** Name of the configuration file that commands look for in the working directory and above it. */
export const configFileName = 'qmtl.yml'

const syntheticPreset = Type.Object(
  {
    kind: Type.Literal('synthetic'),
    seed: Type.Integer({ default: 7, description: 'which market; the same seed gives the same bars everywhere' }),
    outages_per_year: Type.Number({
      minimum: 0,
      maximum: 365,
      default: 0,
      unit: 'outages per year and instrument',
      description: 'how often bars are missing for one to four hours',
    }),
  },
  { ...closed, description: 'a market made from a seed' },
)

const csvPreset = Type.Object(
  {
    kind: Type.Literal('csv'),
    files: Type.Record(Type.String(), Type.String({ minLength: 1 }), {
      minProperties: 1,
      description: 'instrument id → CSV file of its bars, relative to the configuration file',
    }),
    allow_gaps: Type.Boolean({ default: false, description: 'take files with missing bars' }),
  },
  { ...closed, description: 'recorded bars from files' },
)

/** Where bars come from: one entry of `data.presets`. */
export const dataPresetSchema = Type.Union([syntheticPreset, csvPreset])
export type DataPreset = Readonly<Static<typeof dataPresetSchema>>

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
        presets: Type.Record(Type.String({ pattern: '^[A-Za-z0-9_-]{1,100}$' }), dataPresetSchema, {
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
