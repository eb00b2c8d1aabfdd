// Which version of a format a file is written in.
import type { Format, Version } from './format.ts'

/** The header of the file as one version reads it; undefined when it cannot. */
export type HeaderAs = (version: Version) => readonly string[] | undefined

export const detectVersion = (format: Format, headerAs: HeaderAs): Version | { readonly problem: string } => {
  const [only] = format.versions
  if (format.versions.length === 1 && only?.key === undefined && only) return only
  const fitting = format.versions.filter(({ header }) => header.length > 0).filter((version) => fits(version, headerAs(version)))
  // toSorted is stable: the first listed wins a tie.
  const [best] = fitting.toSorted((a, b) => b.header.length - a.header.length)
  const version = best ?? (format.defaultKey === undefined ? only : format.versions.find(({ key }) => key === format.defaultKey))
  return version ?? { problem: `No valid version found for format '${format.name}'` }
}

const fits = (version: Version, header: readonly string[] | undefined) => header !== undefined && version.header.every((name) => header.includes(name))
