// Pages in a schema that the project brings.

import WeirGraphQL
import WeirPlanner
import WeirSQL

extension CustomSchema {
    /// The type of a page behind a field; nil when the field has none.
    func pageType(_ field: SchemaField, _ query: APIQuery) -> SchemaType? {
        guard query.isPage, case .named(let name) = field.type.nullable,
            let type = schema.types[name], type.isObject, type.field(PageTypes.results) != nil
        else { return nil }
        return type
    }

    /// Binds a page: its rows, and what it tells of them. Fields may be left out.
    mutating func bindPage(
        _ field: SchemaField, _ page: SchemaType, _ query: APIQuery
    ) -> APIQuery? {
        var rows: String?
        for inner in page.fields {
            switch inner.name {
            case PageTypes.results:
                guard case .list(let element) = inner.type.nullable,
                    case .named(let name) = element.nullable
                else {
                    refuse("'\(inner.name)' is a list of rows", page.name, inner.name)
                    continue
                }
                if bindObject(name, query.type, at: (page.name, inner.name)) { rows = name }
            case PageTypes.pagination: checkInfo(inner, of: page)
            default:
                let known = [PageTypes.results, PageTypes.pagination]
                let nearest = nearestName(to: inner.name, among: known)
                refuse(
                    "a page has no '\(inner.name)'"
                        + (nearest.map { "; did you mean '\($0)'?" } ?? ""), page.name, inner.name)
            }
        }
        guard let rows else { return nil }
        var made = APIQuery(
            query: query.query, type: rows, defaultLimit: query.defaultLimit, isList: true,
            arguments: query.arguments)
        made.isPage = true
        return made
    }

    private mutating func checkInfo(_ field: SchemaField, of page: SchemaType) {
        guard let type = schema.types[field.type.name], type.isObject,
            let own = base.schema.types[PageTypes.info], field.arguments.isEmpty
        else {
            return refuse(
                "'\(field.name)' is an object without arguments", page.name, field.name)
        }
        for inner in type.fields {
            guard let known = own.field(inner.name) else {
                let nearest = nearestName(to: inner.name, among: own.fields.map(\.name))
                refuse(
                    "'\(PageTypes.info)' has no '\(inner.name)'"
                        + (nearest.map { "; did you mean '\($0)'?" } ?? ""), type.name, inner.name)
                continue
            }
            let fits =
                known.type.nullable == inner.type.nullable
                && (known.type.isNonNull || !inner.type.isNonNull)
            if !fits {
                refuse(
                    "'\(inner.name)' is \(known.type.text), which \(inner.type.text) cannot show",
                    type.name, inner.name)
            }
        }
    }
}
