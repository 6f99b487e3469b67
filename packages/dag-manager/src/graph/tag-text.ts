import { tagList } from '@qmtl/contracts'

/** A tag set as text: a JSON array in code-point order, each tag once, so equal sets are equal texts. */
export function tagTextOf(tags: readonly string[] | undefined): string {
  return tags === undefined || tags.length === 0 ? '[]' : JSON.stringify(tagList(tags))
}

/** The tags of a text made by `tagTextOf`. */
export function tagsOfText(text: string): readonly string[] {
  return tagList(JSON.parse(text))
}

/** Tags of one queue at most: whoever shares a node adds to them, and nobody takes any away. */
export const mostTags = 200

/** The union of two tag sets. */
export function uniteTags(stored: string, submitted: string): string {
  if (stored === submitted || submitted === '[]') return stored
  return tagTextOf([...tagsOfText(stored), ...tagsOfText(submitted)])
}
