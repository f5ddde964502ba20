// From what queries have cost to proposals.

import WeirColumnar
import WeirPlanner
import WeirSQL
import WeirStore

/// Something that would make a query cheap.
struct Advice {
    let query: String
    let what: String
    let evidence: String
    let change: String

    static func millis(_ seconds: Double) -> String {
        let value = seconds * 1000
        return "\(value < 10 ? (value * 100).rounded() / 100 : value.rounded()) ms"
    }

    var json: String {
        JsonValue.object([
            JsonMember("query", .string(query)), JsonMember("proposal", .string(what)),
            JsonMember("evidence", .string(evidence)), JsonMember("change", .string(change)),
        ]).text
    }
}

struct Advisor {
    let plan: StreamPlan
    let sources: SourceMap
    let timings: [String: QueryTiming]
    /// Less is not worth a word: of a second of SQLite's time in all, and of a millisecond each.
    private static let leastSeconds = 0.05
    private static let leastMean = 0.001
    private static let leastShare = 0.05
    private static let leastRows: Int64 = 1000

    /// Those that save most first.
    ///
    /// - Parameter store: knows how it finds rows.
    /// - Throws: `StoreError`.
    func proposals(_ store: StoreReader) throws -> [Advice] {
        let all = allSeconds
        var result: [Advice] = []
        var told: Set<String> = []
        for (query, timing) in costly {
            for item in materialised(query, timing, all) + (try scans(query, timing, all, store))
            where told.insert(item.what).inserted {
                result.append(item)
            }
        }
        return result
    }

    /// Views that are kept up to date by the next run that begins afresh, each with what was measured.
    var moved: [String: String] {
        var moved: [String: String] = [:]
        for (query, timing) in costly {
            for view in views(under: query.reads) where view.isMovable {
                moved[view.name] = moved[view.name] ?? evidence(query, timing, allSeconds)
            }
        }
        return moved
    }

    private var allSeconds: Double { timings.values.reduce(0) { $0 + $1.seconds } }

    /// Queries that are worth a word, those that took most first.
    private var costly: [(query: StoreQuery, timing: QueryTiming)] {
        let all = allSeconds
        return timings.filter { _, timing in
            timing.seconds >= Self.leastSeconds && timing.mean >= Self.leastMean
                && timing.seconds >= all * Self.leastShare
        }.sorted { $0.value.seconds > $1.value.seconds }.compactMap { name, timing in
            query(name).map { ($0, timing) }
        }
    }

    /// Counting the rows of a query is a part of what it costs.
    private func query(_ name: String) -> StoreQuery? {
        let suffix = StoreQuery.totalsSuffix
        let own = name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
        return (plan.tableQueries + plan.queries).first { $0.name == own }
    }

    private func evidence(_ query: StoreQuery, _ timing: QueryTiming, _ all: Double) -> String {
        "\(query.name) was asked \(timing.count) times and took \(Advice.millis(timing.mean)) each,"
            + " \(Int((timing.seconds / max(all, 1e-9) * 100).rounded())) % of SQLite's time"
            + (timing.stopped.map { "; \($0) had to be stopped" } ?? "")
    }

    /// Views that a query reads are computed each time; as a stream they would be kept.
    private func materialised(
        _ query: StoreQuery, _ timing: QueryTiming, _ all: Double
    ) -> [Advice] {
        // What reads other views follows when those have moved.
        views(under: query.reads).filter { view in
            !view.reads.contains { name in plan.views.contains { $0.name == name } }
        }.map { view in
            let text = sources.text(at: view.span.start)
            let line = text.position(at: view.span.start).line
            return Advice(
                query: query.name, what: "Keep \(view.name) up to date in the stream.",
                evidence: "\(view.name) is computed at each read: " + evidence(query, timing, all),
                change: view.isMovable
                    ? "the next 'weir run --fresh' does so; /*+engine(store)*/ in front of"
                        + " \(view.name) (\(text.name):\(line)) keeps it as it is"
                    : "write /*+engine(stream)*/ in front of \(view.name)"
                        + " (\(text.name):\(line)), and run with --fresh")
        }
    }

    private func views(under names: [String]) -> [StoreView] {
        var found: [StoreView] = []
        var open = names
        while let name = open.popLast() {
            guard let view = plan.views.first(where: { $0.name == name }),
                !found.contains(where: { $0.name == name })
            else { continue }
            found.append(view)
            open += view.reads
        }
        return found
    }

    /// Tables that are read from one end to the other although conditions choose among their rows.
    private func scans(
        _ query: StoreQuery, _ timing: QueryTiming, _ all: Double, _ store: StoreReader
    ) throws -> [Advice] {
        guard !query.arguments.isEmpty, timing.rows / max(1, timing.count) < Self.leastRows,
            let select = query.select
        else { return [] }
        let filters = query.arguments.compactMap { argument -> StoreSelect.Filter? in
            guard case .filter(let column, _) = argument.origin else { return nil }
            return StoreSelect.Filter(column: column, parameter: argument.parameter)
        }
        let request = StoreSelect.Request(
            columns: Array(query.columns.indices.prefix(1)), filters: filters, isPaged: false)
        let sql =
            if case .relationship = query.kind {
                select.batched(
                    request,
                    keys: query.arguments.compactMap { argument in
                        if case .parent(let column) = argument.origin {
                            column.lowercased()
                        } else {
                            nil
                        }
                    })
            } else {
                select.sql(request)
            }
        // Relationships read a table of keys that only servers have.
        guard let steps = try? store.steps(of: sql) else { return [] }
        return try steps.compactMap { step -> Advice? in
            let words = step.split(separator: " ").map(String.init)
            guard words.first == "SCAN", words.count > 1, !step.contains("USING"),
                let table = table(words[1], sql)
            else { return nil }
            let rows = try store.query(
                "SELECT count(*) FROM \"weir_data_\(table)\"", limit: 1
            ).rows.first?.first?.text
            guard let count = rows.flatMap({ Int64($0) }), count >= Self.leastRows else {
                return nil
            }
            return Advice(
                query: query.name, what: "Let \(query.name) find its rows of \(table) by an index.",
                evidence: "it reads all \(count) rows of \(table): " + evidence(query, timing, all),
                change: "write /*+index(btree, COLUMN)*/ in front of \(table), with the column that"
                    + " \(query.name) compares; a condition on an expression needs a column of its own"
            )
        }
    }

    /// The table behind an alias of a statement.
    private func table(_ alias: String, _ sql: String) -> String? {
        plan.tables.map(\.name).first { name in
            // What follows tells t1 from t10.
            sql.ranges(of: "\"weir_data_\(name)\" AS \(alias)").contains { found in
                found.upperBound == sql.endIndex || !sql[found.upperBound].isNumber
            }
        }
    }
}
