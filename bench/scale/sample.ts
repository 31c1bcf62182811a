import { faker as german } from '@faker-js/faker/locale/de'
import { faker as english } from '@faker-js/faker/locale/en'
import { faker as french } from '@faker-js/faker/locale/fr'
import { faker as polish } from '@faker-js/faker/locale/pl'
import type pg from 'pg'

/**
 * `sample.people(first, last)`: person number so and so, the same on every machine, with an email
 * that nobody else has, in domains of RFC 2606. Few names are frequent and many are rare; one person
 * in eight has a double name, which next to nobody shares.
 */
export async function createPeople(client: pg.Client): Promise<void> {
  await client.query('create schema sample')
  await addWords(client, 'first', firstNames())
  await addWords(client, 'last', lastNames())
  await client.query(people)
}

const locales = [english, german, french, polish].map(({ definitions }) => definitions.person)

const firstNames = () => locales.flatMap(({ first_name }) => Object.values(first_name).flat())

const lastNames = () => locales.flatMap(({ last_name }) => Object.values(last_name ?? {}).flat())

async function addWords(client: pg.Client, table: string, words: readonly string[]) {
  await client.query(`create table sample.${table} (place int primary key, word text, ascii text)`)
  await client.query(
    `insert into sample.${table}
     select row_number() over (order by hashtextextended(word, 0)) - 1, word,
            lower(regexp_replace(normalize(word, nfd), '[^A-Za-z]', '', 'g'))
     from (select distinct normalize(word, nfc) as word from unnest($1::text[]) as word) as words`,
    [[...new Set(words)]],
  )
  await client.query(`analyze sample.${table}`)
}

/** Of this person, from 0 to 1; each of the seeds is another property. */
const random = (seed: number) =>
  `((hashint8extended(i, ${seed}) & 2147483647) / 2147483648.0::float8)`

/** The square makes the first words of a table frequent and the last rare. */
const place = (table: string, seed: number) =>
  `floor(power(${random(seed)}, 2) * (select count(*) from sample.${table}))::int`

const people = `
  create function sample.people(first bigint, last bigint)
  returns table (i bigint, name text, email text) language sql stable as $$
    select i,
           first.word
             || case when ${random(4)} < 0.1 then ' ' || chr(65 + (i % 26)::int) || '.' else '' end
             || ' ' || family.word
             || case when ${random(5)} < 0.125 then '-' || other.word else '' end,
           case floor(${random(6)} * 4)
             when 0 then first.ascii || '.' || family.ascii
             when 1 then left(first.ascii, 1) || family.ascii
             when 2 then family.ascii || '_' || first.ascii
             else first.ascii
           end || i || '@' || (array['example.com', 'example.com', 'mail.example.com',
             'example.net', 'example.org'])[1 + floor(${random(7)} * 5)::int]
    from generate_series(first, last) as i
    join sample.first as first on first.place = ${place('first', 1)}
    join sample.last as family on family.place = ${place('last', 2)}
    join sample.last as other on other.place = ${place('last', 3)}
    order by i
  $$`
