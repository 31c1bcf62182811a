/**
 * What generators call the values of an enumeration: they know no name for `-email`, and make
 * `PROBLEMSEMAIL_TAKEN` of a path.
 */
export const enumNames = (values: readonly unknown[]) => ({
  'x-enum-varnames': values.map((value) =>
    `${value}`
      .replace(/^-(.+)/, '$1-descending')
      .replace(/^.*\//, '')
      .replaceAll(/[-:]/g, '_')
      .toUpperCase(),
  ),
})
