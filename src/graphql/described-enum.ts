import 'reflect-metadata';
import { registerEnumType } from 'type-graphql';

/** Declares a GraphQL enum from its values' descriptions, so that a value without one cannot exist. */
export function describedEnum<const Values extends Readonly<Record<string, string>>>(
  name: string,
  description: string,
  values: Values,
): { readonly [Value in keyof Values]: Value } {
  const names = Object.keys(values);
  const enumObject = Object.fromEntries(names.map((value) => [value, value]));
  const valuesConfig = Object.fromEntries(names.map((value) => [value, { description: values[value] ?? '' }]));
  registerEnumType(enumObject, { name, description, valuesConfig });
  return enumObject as { readonly [Value in keyof Values]: Value };
}
