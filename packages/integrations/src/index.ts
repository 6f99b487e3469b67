export { createPaperVenue, type PaperVenue, type PaperVenuePorts } from './paper-venue/paper-venue.ts'
export type { PaperTerms } from './paper-venue/paper-account.ts'
