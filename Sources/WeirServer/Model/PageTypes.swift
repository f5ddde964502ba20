// Pages with what is around them (SQRL's `compiler.api.paginated-results`):
// `TPage! { results: [T!], pagination: OffsetPageInfo! }`.

import WeirGraphQL

/// What is told of a page.
enum PageInfo: String, CaseIterable, Sendable {
    case currentPage, hasNextPage, hasPreviousPage
    case totalCount, totalPages
    case firstEventTime, lastEventTime

    /// Whether all rows have to be looked at, not only those of the page.
    var isTotal: Bool {
        switch self {
        case .currentPage, .hasNextPage, .hasPreviousPage: false
        case .totalCount, .totalPages, .firstEventTime, .lastEventTime: true
        }
    }

    fileprivate var field: SchemaField {
        switch self {
        case .currentPage:
            SchemaField(rawValue, .nonNull(.named("Int")), description: "The first page is 1.")
        case .hasNextPage:
            SchemaField(
                rawValue, .nonNull(.named("Boolean")),
                description: "Whether there are rows behind this page.")
        case .hasPreviousPage:
            SchemaField(
                rawValue, .nonNull(.named("Boolean")),
                description: "Whether rows have been left out before it.")
        case .totalCount:
            SchemaField(
                rawValue, .nonNull(.named("Long")), description: "Rows of all pages.")
        case .totalPages:
            SchemaField(
                rawValue, .nonNull(.named("Long")), description: "Pages of this size.")
        case .firstEventTime:
            SchemaField(
                rawValue, .named("DateTime"),
                description: "The least event time of all rows; null without event time.")
        case .lastEventTime:
            SchemaField(
                rawValue, .named("DateTime"),
                description: "The greatest event time of all rows; null without event time.")
        }
    }
}

enum PageTypes {
    static let info = "OffsetPageInfo"
    static let results = "results"
    static let pagination = "pagination"

    /// The type of pages of a type.
    static func name(of type: String) -> String { type + "Page" }

    static let infoType = SchemaType(
        info, .object, description: "Where a page is among all rows.",
        fields: PageInfo.allCases.map(\.field))

    static func page(of type: String) -> SchemaType {
        SchemaType(
            name(of: type), .object, description: "Some rows of \(type), and where they are.",
            fields: [
                SchemaField(results, .list(.nonNull(.named(type)))),
                SchemaField(pagination, .nonNull(.named(info))),
            ])
    }
}
