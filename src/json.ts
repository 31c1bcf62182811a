/** Text of which `JSON.parse` makes this. */
export type Json<Value> = string & { readonly of?: Value }
