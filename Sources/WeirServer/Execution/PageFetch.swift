// What is read for a page: its rows, and at most one statement more for what is around them.

import WeirColumnar
import WeirGraphQL
import WeirPlanner
import WeirStore

/// A root field whose value is a page of rows.
struct PageFetch: Sendable {
    /// `"name":`
    let key: [UInt8]
    let responseKey: String
    let location: GraphQLLocation
    let fields: [PageField]
    /// The rows of each `results`, then the totals.
    let fetches: [Fetch]
    /// Which statement gives the totals: rows, least and greatest event time; nil for none.
    let totals: Int?
    /// Of the event time, with what it is of.
    let eventTime: DataType.Kind?
    let limit: Int
    let offset: Int
    /// Whether what is around it is null when it is.
    let isNonNull: Bool
}

/// A field of a page.
struct PageField: Sendable {
    /// `"name":`
    let key: [UInt8]
    let content: Content

    enum Content: Sendable {
        case typeName(String)
        /// By the number of its statement.
        case results(Int)
        case pagination([(key: [UInt8], value: InfoValue)])
    }

    enum InfoValue: Sendable {
        case typeName(String)
        case info(PageInfo)
    }
}

/// What is read for one root field.
enum RootRead: Sendable {
    case rows(Fetch)
    case page(PageFetch)

    var fetches: [Fetch] {
        switch self {
        case .rows(let fetch): [fetch]
        case .page(let page): page.fetches
        }
    }

    /// The statement of the rows themselves; nil for a page of which none are selected.
    var rows: Int? {
        switch self {
        case .rows: 0
        case .page(let page): page.fetches.isEmpty || page.totals == 0 ? nil : 0
        }
    }

    var responseKey: String {
        switch self {
        case .rows(let fetch): fetch.responseKey
        case .page(let page): page.responseKey
        }
    }

    var key: [UInt8] {
        switch self {
        case .rows(let fetch): fetch.key
        case .page(let page): page.key
        }
    }

    var location: GraphQLLocation {
        switch self {
        case .rows(let fetch): fetch.location
        case .page(let page): page.location
        }
    }

    /// Whether what is around it is null when it is.
    var isNonNull: Bool {
        switch self {
        case .rows(let fetch): fetch.isNonNull
        case .page(let page): page.isNonNull
        }
    }
}

extension FetchCompiler {
    /// The statements of a page.
    ///
    /// - Throws: `FieldProblem`.
    mutating func page(_ field: SelectedField, _ query: APIQuery) throws -> PageFetch {
        let path = [GraphQLError.PathStep.field(field.responseKey)]
        guard let type = model.schema.types[field.definition.type.name],
            let select = query.query.select
        else { throw FieldProblem("\"\(field.name)\" is not served.", field, path) }
        var fields: [PageField] = []
        var fetches: [Fetch] = []
        var asked: Set<PageInfo> = []
        for inner in try request.fields(of: field, on: type) {
            let content: PageField.Content
            switch inner.name {
            case PageTypes.results:
                content = .results(fetches.count)
                fetches.append(try results(inner, of: field, query))
            case PageTypes.pagination:
                guard let infoType = model.schema.types[inner.definition.type.name] else {
                    throw FieldProblem("\"\(inner.name)\" is not served.", field, path)
                }
                let selected = try request.fields(of: inner, on: infoType)
                content = .pagination(
                    selected.map { member in
                        let info = PageInfo(rawValue: member.name)
                        if let info { asked.insert(info) }
                        return (
                            Self.key(member.responseKey),
                            info.map { .info($0) } ?? .typeName(infoType.name)
                        )
                    })
            default: content = .typeName(type.name)
            }
            fields.append(PageField(key: Self.key(inner.responseKey), content: content))
        }
        let bounds = try values.bounds(field, field.arguments, query, path: path)
        var totals: Int?
        if asked.contains(where: \.isTotal) || (asked.contains(.hasNextPage) && fetches.isEmpty) {
            totals = fetches.count
            fetches.append(try self.totals(field, query, select, path))
        } else if asked.contains(.hasNextPage) {
            fetches[0].readOneMore(than: bounds.limit)
        }
        let time = query.query.rowtime.map { query.query.columns[$0].type.kind }
        return PageFetch(
            key: Self.key(field.responseKey), responseKey: field.responseKey,
            location: field.location, fields: fields, fetches: fetches, totals: totals,
            eventTime: time, limit: bounds.limit, offset: bounds.offset,
            isNonNull: field.definition.type.isNonNull)
    }

    /// All rows, counted; parameters of pages are none of it.
    private mutating func totals(
        _ field: SelectedField, _ query: APIQuery, _ select: StoreSelect,
        _ path: [GraphQLError.PathStep]
    ) throws -> Fetch {
        let columns = query.query.rowtime.map { [$0] } ?? []
        let rows = texts.sql(
            query.query, select,
            StoreSelect.Request(
                columns: columns, filters: Self.filters(query.query, field.arguments),
                isPaged: false), keys: nil)
        let times = columns.isEmpty ? "NULL, NULL" : "min(r0), max(r0)"
        return Fetch(
            key: Self.key(field.responseKey), responseKey: field.responseKey,
            location: field.location, query: query.query.name + StoreQuery.totalsSuffix,
            cacheSeconds: query.query.cacheSeconds,
            sql: "SELECT count(*), \(times) FROM (\(rows))", width: 3,
            parameters: try values.parameters(field, field.arguments, query, path: path),
            isList: false, isNonNull: true,
            parentColumns: nil, output: RowOutput(fields: [], children: []))
    }
}

extension Fetch {
    /// Reads a row that is not shown, so that it is known whether there is one.
    mutating func readOneMore(than limit: Int) {
        shown = limit
        for index in parameters.indices where parameters[index].name == StoreSelect.limitParameter {
            parameters[index].value = .integer(Int64(limit) + 1)
        }
    }
}

extension PageFetch {
    /// Writes something that is told of the page.
    ///
    /// - Parameter found: the rows of each statement.
    func append(_ info: PageInfo, _ found: [FetchedRows], to output: inout JSONBuffer) {
        let totals = totals.map { found[$0].rows }
        let count = totals.map { $0.count > 0 ? $0.cell(0, 0).integer : 0 } ?? 0
        let size = Int64(limit)
        switch info {
        case .currentPage:
            let number = size > 0 ? Int64(offset) / size + 1 : 1
            output.append(raw: String(min(number, Int64(Int32.max))).utf8)
        case .hasPreviousPage: output.append(raw: (offset > 0 ? "true" : "false").utf8)
        case .hasNextPage:
            let read = found.first?.rows.count ?? 0
            let hasMore = totals == nil ? read > limit : count > Int64(offset) + size
            output.append(raw: (hasMore ? "true" : "false").utf8)
        case .totalCount: output.append(raw: String(count).utf8)
        case .totalPages:
            output.append(raw: String(size > 0 ? (count + size - 1) / size : 0).utf8)
        case .firstEventTime, .lastEventTime:
            let start = output.count
            guard let totals, totals.count > 0, let eventTime,
                output.append(
                    totals.cell(0, info == .firstEventTime ? 1 : 2), of: totals, eventTime)
            else {
                output.truncate(to: start)
                return output.append("null")
            }
        }
    }
}
