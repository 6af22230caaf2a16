/** The words of a Markdown text without its marks, for where there is no room or no time to draw it. */
export const unmarked = (text: string): string =>
  text
    .replace(/!?\[([^\][]*)\]\((?:[^()]|\([^()]*\))*\)/g, '$1')
    .replace(/^[ \t]*(?:[-*+>]|#{1,6})[ \t]+/gm, '')
    // A line in a name is none of its marks.
    .replace(/[*`~]+|(^|[^\p{L}\p{N}_])_+|(?<!_)_+(?![\p{L}\p{N}_])/gu, '$1');
