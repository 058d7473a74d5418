import { inflateSync } from 'node:zlib'

/** What a PDF says, a line for each text on it; as far as fpdf2 writes it, which prints the shop's documents. */
export function textOf(file: Buffer): string {
  const objects = objectsIn(file.toString('latin1'))
  const maps = new Map<string, Map<number, string>>()
  for (const body of objects.values()) {
    for (const [, name = '', font = ''] of body.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const letters = /\/ToUnicode (\d+)/.exec(objects.get(font) ?? '')?.[1]
      maps.set(name, lettersIn(objects.get(letters ?? '') ?? ''))
    }
  }
  return [...objects.values()].flatMap((body) => linesOf(body, maps)).join('\n')
}

/** The objects of a file by number, their streams unpacked. */
function objectsIn(file: string): Map<string, string> {
  const found = file.matchAll(/(\d+) 0 obj\n(.*?)\nendobj/gs)
  return new Map(
    [...found].map(([, number = '', body = '']) => {
      const [head = '', stream] = body.split(/stream\n(.*)\nendstream/s)
      const packed = stream !== undefined && head.includes('/FlateDecode')
      const content = packed ? inflateSync(Buffer.from(stream, 'latin1')).toString('latin1') : (stream ?? '')
      return [number, head + content]
    }),
  )
}

/** The letters behind a font's codes. */
function lettersIn(map: string): Map<number, string> {
  const pairs = map.matchAll(/^<([\dA-F]+)> <([\dA-F]+)>$/gim)
  return new Map(
    [...pairs].map(([, code = '', letter = '']) => [
      Number.parseInt(code, 16),
      Buffer.from(letter, 'hex').swap16().toString('utf16le'),
    ]),
  )
}

function linesOf(content: string, maps: Map<string, Map<number, string>>): string[] {
  const lines: string[] = []
  let letters: Map<number, string> | undefined
  for (const [, font, text] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj/gs)) {
    if (font) letters = maps.get(font)
    if (text === undefined) continue
    const codes = Buffer.from(
      text.replaceAll(/\\(.)/gs, (_, sign: string) => (sign === 'r' ? '\r' : sign)),
      'latin1',
    )
    let line = ''
    for (let at = 0; at < codes.length; at += 2) line += letters?.get(codes.readUInt16BE(at)) ?? ''
    lines.push(line.replaceAll('\u00a0', ' '))
  }
  return lines
}
