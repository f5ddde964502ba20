// The sample pipeline against an independent computation with SQLite over the raw files.

import Foundation
import GRDB
import TestSupport
import Testing
import WeirEngine
import WeirStore

@Suite struct FlightsTests {
    /// The sample, run once for all tests.
    private static let harness = Result { () throws -> PipelineHarness in
        let script = try Repository.text("sample-data/nyc-flights/flights.sqrl")
        let harness = try PipelineHarness(script)
        for file in ["flights-2013-01.csv", "weather-2013-01.csv", "planes.csv"] {
            try harness.folder.write(file, try Repository.text("sample-data/nyc-flights/" + file))
        }
        try harness.run()
        return harness
    }

    /// The raw files as SQLite tables of text.
    private static let raw = Result { () throws -> DatabaseQueue in
        let queue = try DatabaseQueue()
        for (table, file) in [
            ("f", "flights-2013-01.csv"), ("w", "weather-2013-01.csv"), ("p", "planes.csv"),
        ] {
            let lines = try Repository.text("sample-data/nyc-flights/" + file)
                .split(whereSeparator: \.isNewline)
                .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
            try queue.write { db in
                let columns = lines[0].map { "\"\($0)\"" }
                try db.execute(sql: "CREATE TABLE \(table) (\(columns.joined(separator: ", ")))")
                let marks = columns.map { _ in "nullif(?, 'NA')" }.joined(separator: ", ")
                let statement = try db.makeStatement(
                    sql: "INSERT INTO \(table) VALUES (\(marks))")
                for line in lines.dropFirst() {
                    try statement.execute(arguments: StatementArguments(line))
                }
            }
        }
        return queue
    }

    private func expected(_ sql: String) throws -> [String] {
        try Self.raw.get().read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { value in
                    value.isNull ? "NULL" : StoreValueText.text(value)
                }.joined(separator: "|")
            }
        }
    }

    @Test func readsAllFlights() throws {
        let harness = try Self.harness.get()
        #expect(
            try harness.query(
                "SELECT records_read, records_accepted, records_rejected FROM weir_offsets WHERE source = 'Flights'"
            )
                == ["27004|26849|155"])
    }

    @Test func everyStageBalances() throws {
        #expect(try unbalancedStages(Self.harness.get()) == [])
        #expect(
            try Self.harness.get().query(
                "SELECT source FROM weir_offsets WHERE records_read <> records_accepted + records_rejected"
            )
                == [])
    }

    static let comparisons: [(String, String)] = [
        (
            "SELECT carrier, flights, round(avg_delay, 9), max_delay, miles FROM CarrierStats ORDER BY 1",
            """
            SELECT carrier, count(*), round(avg(dep_delay + 0), 9), max(dep_delay + 0), sum(distance + 0)
            FROM f WHERE dep_time IS NOT NULL GROUP BY 1 ORDER BY 1
            """
        ),
        (
            "SELECT origin, dest, flights, round(avg_delay, 3), distance FROM RouteStats ORDER BY 1, 2",
            """
            SELECT origin, dest, count(*), round(avg(dep_delay + 0), 3), min(distance + 0)
            FROM f WHERE dep_time IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
            """
        ),
        (
            "SELECT count(*), count(DISTINCT carrier || flight || time_hour) FROM Departures",
            "SELECT count(*), count(*) FROM f WHERE dep_time IS NOT NULL"
        ),
        (
            "SELECT carrier, flight, origin, dest FROM Cancellations ORDER BY 1, 2, 3, 4",
            """
            SELECT carrier, flight + 0, origin, dest FROM f
            WHERE dep_time IS NULL AND tailnum IS NOT NULL ORDER BY 1, 2, 3, 4
            """
        ),
        (
            "SELECT carrier, flight, distance FROM Diversions ORDER BY 1, 2, 3",
            """
            SELECT carrier, flight + 0, distance + 0 FROM f
            WHERE dep_time IS NOT NULL AND arr_delay IS NULL ORDER BY 1, 2, 3
            """
        ),
        (
            "SELECT window_start, origin, departures FROM HourlyDepartures ORDER BY 1, 2",
            """
            SELECT strftime('%Y-%m-%d %H:00:00.000', printf('%04d-%02d-%02d', year, month, day),
              '+' || (dep_time / 100 * 60 + dep_time % 100) || ' minutes'), origin, count(*)
            FROM f WHERE dep_time IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
            """
        ),
        (
            "SELECT day, origin, round(rain, 6) FROM DailyWeather ORDER BY 1, 2",
            "SELECT substr(time_hour, 1, 10), origin, round(sum(precip + 0.0), 6) FROM w GROUP BY 1, 2 ORDER BY 1, 2"
        ),
        (
            "SELECT manufacturer, planes, seats, oldest FROM Fleet LIMIT 8",
            """
            SELECT coalesce(manufacturer, 'unknown'), count(*), sum(seats + 0), min(year + 0)
            FROM p GROUP BY 1 ORDER BY 2 DESC LIMIT 8
            """
        ),
        (
            "SELECT value IS NULL OR value = 'NULL', rule, count(*) FROM weir_rejects GROUP BY 1, 2",
            "SELECT 1, 'check has_tail_number', count(*) FROM f WHERE tailnum IS NULL"
        ),
    ]

    @Test("tables agree with SQLite over the files", arguments: comparisons.indices)
    func agrees(_ index: Int) throws {
        let (ours, theirs) = Self.comparisons[index]
        let actual = try Self.harness.get().query(ours)
        #expect(try actual == expected(theirs), "\(ours)")
        #expect(!actual.isEmpty)
    }

    @Test func rejectsKnowTheirPlace() throws {
        let harness = try Self.harness.get()
        let file = try Repository.text("sample-data/nyc-flights/flights-2013-01.csv")
        let lines = file.split(separator: "\n")
        let bytes = Array(file.utf8)
        for row in try harness.query("SELECT line, byte_offset, raw FROM weir_rejects LIMIT 20") {
            let parts = row.split(separator: "|", maxSplits: 2).map(String.init)
            let line = try #require(Int(parts[0]))
            let offset = try #require(Int(parts[1]))
            #expect(String(lines[line - 1]) == parts[2])
            #expect(bytes[offset...].starts(with: parts[2].utf8))
        }
    }
}

/// Values of GRDB as `StoreValue` shows them.
enum StoreValueText {
    static func text(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .int64(let number): String(number)
        case .double(let number): "\(number)"
        case .string(let text): text
        case .blob, .null: ""
        }
    }
}
