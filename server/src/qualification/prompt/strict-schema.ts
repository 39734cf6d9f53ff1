/** The part of JSON schema that strict structured outputs accept and we use. */
export interface StrictSchema {
  type?: string | string[];
  properties?: Record<string, StrictSchema>;
  required?: string[];
  additionalProperties?: boolean;
  items?: StrictSchema;
  anyOf?: StrictSchema[];
  enum?: (string | number | boolean | null)[];
  const?: string | number | boolean | null;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  description?: string;
  $ref?: string;
  $defs?: Record<string, StrictSchema>;
}
