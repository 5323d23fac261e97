import { z } from 'zod';
import { fileSchema } from './file-schema';

/** A text with a variable of the environment, whose value is checked when the file is read. */
const VARIABLE = '\\$\\{';

/** The JSON Schema (2020-12) of partners.yaml, for editors. A text may always read a variable instead. */
export function partnersJsonSchema(): object {
  return z.toJSONSchema(fileSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      delete jsonSchema.form;
      if (jsonSchema.pattern !== undefined) jsonSchema.pattern = `(?:${jsonSchema.pattern})|${VARIABLE}`;
      if (jsonSchema.enum === undefined) return;
      const { enum: values, type, ...others } = jsonSchema;
      for (const key of ['enum', 'type'] as const) delete jsonSchema[key];
      Object.assign(jsonSchema, { ...others, anyOf: [{ enum: values }, { type, pattern: VARIABLE }] });
    },
  });
}
