import { separators } from '../../../scripts/users/import/layout.ts'
import type { Choices } from './read-file.ts'

type Props = {
  header: readonly string[]
  choices: Choices
  change: (choices: Choices) => void
}

const encodings = [
  'utf-8',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1254',
  'macintosh',
  'utf-16le',
  'shift_jis',
  'gb18030',
]

/** What the file does not tell for sure, the reader does. */
export function ChoiceFields({ header, choices, change }: Props) {
  const columns = header.map((name, at) => ({
    value: `#${at + 1}`,
    label: name || `Column ${at + 1}`,
  }))
  const [first = '', last = ''] = choices.name.split('+')
  const setName = (one: string, other: string) =>
    change({ ...choices, name: [one, other].filter((each) => each !== '').join('+') })

  return (
    <div class="choices">
      {columns.length > 0 && (
        <>
          <Choice
            label="Email"
            value={choices.email}
            options={columns}
            change={(email) => change({ ...choices, email })}
          />
          <Choice
            label="Name"
            value={first}
            options={columns}
            change={(one) => setName(one, last)}
          />
          {first !== '' && (
            <Choice
              label="and behind it"
              value={last}
              none="nothing"
              options={columns}
              change={(other) => setName(first, other)}
            />
          )}
        </>
      )}
      <Choice
        label="Separated by"
        value={choices.separator}
        options={[...separators].map(([label, value]) => ({ label, value }))}
        change={(separator) => change({ ...choices, separator })}
      />
      <Choice
        label="Encoding"
        value={choices.encoding}
        options={encodings.map((value) => ({ label: value, value }))}
        change={(encoding) => change({ ...choices, encoding })}
      />
    </div>
  )
}

type ChoiceProps = {
  label: string
  value: string
  none?: string
  options: readonly { label: string; value: string }[]
  change: (value: string) => void
}

const Choice = ({ label, value, none = 'as the file tells', options, change }: ChoiceProps) => (
  <label class="select">
    {label}
    <select value={value} onChange={({ currentTarget }) => change(currentTarget.value)}>
      <option value="">{none}</option>
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  </label>
)
