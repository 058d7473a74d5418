/** The catalogue's wire types by their short names, from its OpenAPI document. */
import type { components } from './catalog.schema'

type Schemas = components['schemas']

export type LocalizedText = Schemas['Localized']
export type Money = Schemas['PriceRange']['min']
export type Image = Schemas['Image']
export type Variant = Schemas['Variant']
export type ProductCard = Schemas['ProductCard']
export type Product = Schemas['Product']
export type Allergen = Product['allergens'][number]
export type FacetValue = Schemas['FacetValue']
export type Facets = Schemas['Facets']
export type ProductList = Schemas['ProductList']
export type Category = Schemas['Category']
export type CategoryList = Schemas['CategoryList']
export type Suggestion = Schemas['Suggestion']
export type SuggestionList = Schemas['SuggestionList']
export type Review = Schemas['Review']
export type ReviewList = Schemas['ReviewList']
export type Problem = Schemas['Problem']
