// The workbench without a terminal: screens as text, commands, random use.

import TestSupport
import Testing
import WeirConnectors
import WeirEngine
import WeirPlanner
import WeirRuntime
import WeirSQL
import WeirStore
import WeirTUI
import WeirTerminal

/// A model with a fixed picture of the sample pipeline.
enum SampleModel {
    static let plan: StreamPlan? = {
        let path = "sample-data/nyc-flights/flights.sqrl"
        guard let text = try? Repository.text(path) else { return nil }
        return ScriptBinder.compile(
            SourceText(name: path, text), connectors: ConnectorRegistry.catalog
        ).plan
    }()

    static func snapshot(second: Int, state: RunState = .running) -> EngineSnapshot {
        let stages = (plan?.stages ?? []).map { stage -> StageSnapshot in
            var counters = StageCounters()
            counters.rowsIn = Int64(second * (1000 - stage.id * 10))
            counters.rowsOut = Int64(second * (900 - stage.id * 10))
            counters.batches = Int64(second)
            counters.busyNanos = UInt64(second) * UInt64(30_000_000 * (stage.id % 9))
            counters.blockedNanos = UInt64(second) * (stage.id % 4 == 0 ? 200_000_000 : 0)
            counters.ledger[.passed] = counters.rowsOut
            if stage.id == 1 { counters.ledger[.rejected] = Int64(second * 5) }
            counters.queueCapacity = stage.node.isSource ? 4 : 0
            counters.bytesRead = Int64(second) * 100_000
            counters.bytesTotal = 2_481_495
            counters.watermark = 1_357_000_000_000_000
            if stage.node.label == "agg" { counters.stateBytes = second * 90_000 }
            return StageSnapshot(plan: stage, counters: counters)
        }
        var commit = CommitStatus()
        commit.epoch = Int64(second)
        return EngineSnapshot(
            at: UInt64(second) * 1_000_000_000, uptimeSeconds: Double(second), state: state,
            isPaused: false, stages: stages, commit: commit)
    }

    static func make(width: Int, height: Int) -> Model {
        var model = Model(
            width: width, height: height, theme: .plain, pipeline: "flights",
            storePath: "flights.db",
            texts: SourceMap(
                SourceText(
                    name: "flights.sqrl",
                    (try? Repository.text("sample-data/nyc-flights/flights.sqrl")) ?? "")))
        for second in 1...12 { _ = model.update(.snapshot(snapshot(second: second))) }
        _ = model.update(
            .rejectGroups([
                RejectGroup(
                    count: 60, rule: "check has_tail_number", source: "Flights",
                    code: "check-failed"),
                RejectGroup(
                    count: 2, rule: "dep_delay → INT", source: "Flights", code: "bad-value"),
            ]))
        _ = model.update(
            .rejectRows(
                rule: "check has_tail_number",
                [
                    RejectRow(
                        source: "Flights", line: "1784", offset: "162001", column: "dep_delay",
                        value: "n/a", message: "'n/a' is not an INT",
                        raw: "2013,1,2,NA,1545,n/a,NA,AA,133,\u{1B}[31mX,JFK")
                ]))
        _ = model.update(
            .catalog([
                CatalogEntry(table: "CarrierStats", columns: ["carrier", "flights", "avg_delay"]),
                CatalogEntry(table: "weir_rejects", columns: ["id", "rule"]),
            ]))
        let rows = (0..<30).map { index in
            TailRow(
                kind: index % 7 == 6 ? "-U" : "+I",
                values: ["2013-01-01 10:00:00", "UA", "\(index)", "∅"],
                place: "Flights line \(index + 2) byte \(index * 90)",
                json: "{\"flight\":\(index)}",
                raw: "2013,1,1,\(index)")
        }
        _ = model.update(.tail(stage: 0, rows: rows, next: 3, missed: 640))
        for second in 1...40 { _ = model.update(.api(api(second: second))) }
        return model
    }

    /// What the API has answered up to a second.
    static func api(second: Int) -> APIStatus {
        var requests: [RequestLine] = []
        for index in 0..<min(second, 30) {
            let isPost = index % 5 == 4
            let millis: Double = 0.4 + Double(index % 9) * 1.7
            let bytes: Int? = index % 11 == 10 ? nil : 310 + index
            requests.append(
                RequestLine(
                    at: 1_357_000_000 + Double(second - index), status: index % 7 == 3 ? 400 : 200,
                    method: isPost ? "POST" : "GET",
                    path: isPost ? "/v1/graphql" : "/v1/rest/queries/CarrierStats",
                    millis: millis, bytes: bytes, client: "127.0.0.1",
                    id: "1k2j3-\(second - index)"))
        }
        return APIStatus(
            address: "http://127.0.0.1:8888", asksForTokens: false, followers: 3, webSockets: 1,
            endpoints: [
                EndpointStatus(
                    method: "GET", route: "/v1/live/Departures", count: 3, refused: 0, failed: 0,
                    p50: 0.8, p99: 2.1),
                EndpointStatus(
                    method: "GET", route: "/v1/rest/queries/CarrierStats",
                    count: second * second, refused: second / 7, failed: 0, p50: 1.1, p99: 4.02),
                EndpointStatus(
                    method: "POST", route: "/v1/graphql", count: second * 12, refused: 0,
                    failed: second / 20, p50: 2.4, p99: 381),
            ], requests: requests)
    }
}

@Suite struct WorkbenchTests {
    private func press(_ model: inout Model, _ keys: Key...) -> [Effect] {
        keys.reduce(into: []) { $0 += model.update(.input(.key(KeyPress($1)))) }
    }

    static let screens: [(ScreenID, Int, Int)] = ScreenID.allCases.flatMap { screen in
        [(screen, 80, 24), (screen, 120, 40), (screen, 200, 50), (screen, 40, 9)]
    }

    @Test("screens look as recorded", arguments: screens.indices)
    func goldens(_ index: Int) {
        let (screen, width, height) = Self.screens[index]
        var model = SampleModel.make(width: width, height: height)
        if let command = CommandTable.command(named: "screen.\(screen.title.lowercased())"),
            let key = command.keys.first
        {
            _ = model.update(.input(.key(key)))
        }
        if screen == .query {
            _ = model.update(.input(.paste("SELECT carrier, flights FROM CarrierStats")))
            _ = press(&model, .function(5))
            _ = model.update(
                .queryDone(
                    number: 1,
                    QueryResultMaker.make(
                        ["carrier", "flights", "note"],
                        [
                            [.text("UA"), .integer(4605), .null],
                            [.text("B6"), .integer(4418), .text("日本")],
                        ])))
        }
        #expect(model.screen == screen)
        let text = View.render(model).text
        #expect(
            Golden.difference(
                text, file: "screens/\(screen.title.lowercased())-\(width)x\(height).txt") == nil)
    }

    @Test func requestsBecomeCommands() {
        var model = SampleModel.make(width: 100, height: 30)
        _ = press(&model, .character("7"), .character("j"))
        #expect(model.screen == .api)
        #expect(
            press(&model, .character("c"))
                == [.copy("curl 'http://127.0.0.1:8888/v1/rest/queries/CarrierStats'")])
        _ = press(&model, .tab, .character("j"), .character("j"), .character("j"), .character("j"))
        #expect(
            press(&model, .character("c"))
                == [
                    .copy(
                        "curl -X POST -H 'Content-Type: application/json' 'http://127.0.0.1:8888/v1/graphql'"
                    )
                ])
        #expect(View.render(model).text.contains("id 1k2j3-36"))
        #expect(press(&model, .character("o")) == [.copy("http://127.0.0.1:8888")])
        _ = press(&model, .escape)
        #expect(!model.api.isInRequests && model.screen == .api)
        var silent = Model(
            width: 80, height: 24, theme: .plain, pipeline: "p", storePath: "p.db",
            texts: SourceMap())
        _ = press(&silent, .character("7"))
        #expect(View.render(silent).text.contains("nothing is served"))
        #expect(press(&silent, .character("c")) == [])
    }

    @Test func quittingAsksWhileThePipelineRuns() {
        var model = SampleModel.make(width: 80, height: 24)
        #expect(press(&model, .character("q")) == [])
        #expect(model.isAskingToQuit)
        #expect(press(&model, .character("q")) == [.quit])
        var done = SampleModel.make(width: 80, height: 24)
        _ = done.update(.snapshot(SampleModel.snapshot(second: 13, state: .finished)))
        #expect(press(&done, .character("q")) == [.quit])
        // Escape never leaves.
        for _ in 0..<5 { #expect(press(&model, .escape) == []) }
    }

    @Test func rejectsAskForTheRowsOfTheSelectedCause() {
        var model = SampleModel.make(width: 80, height: 24)
        #expect(press(&model, .character("3")) == [.loadRejectGroups])
        #expect(press(&model, .character("j")) == [.loadRejectRows(rule: "dep_delay → INT")])
        // Counts grow without the groups changing places.
        _ = model.update(
            .rejectGroups([
                RejectGroup(
                    count: 90, rule: "dep_delay → INT", source: "Flights", code: "bad-value"),
                RejectGroup(
                    count: 60, rule: "check has_tail_number", source: "Flights",
                    code: "check-failed"),
            ]))
        #expect(model.rejects.groups.map(\.rule) == ["check has_tail_number", "dep_delay → INT"])
    }

    @Test func tailFollowsPausesAndFilters() {
        var model = SampleModel.make(width: 80, height: 24)
        _ = press(&model, .character("4"))
        #expect(model.tail.list.selected == 29 && model.tail.isFollowing)
        _ = press(&model, .character("k"))
        #expect(!model.tail.isFollowing)
        _ = press(&model, .character("&"), .character("2"), .character("9"), .enter)
        #expect(model.tail.shown.count == 1)
        _ = press(&model, .character("p"))
        #expect(model.update(.tick) == [])
        _ = press(&model, .character("F"))
        #expect(model.update(.tick) == [.readTail(stage: 0, since: 3)])
        #expect(model.tail.missed == 640)
    }

    @Test func queryEditorCompletesAndRuns() {
        var model = SampleModel.make(width: 80, height: 24)
        _ = press(&model, .character("5"))
        _ = model.update(.input(.paste("SELECT avg_delay FROM ")))
        _ = press(&model, .character("C"), .character("a"), .tab)
        #expect(model.query.editor.text == "SELECT avg_delay FROM CarrierStats")
        #expect(
            press(&model, .function(5)).first
                == .runQuery(number: 1, sql: "SELECT avg_delay FROM CarrierStats"))
        #expect(press(&model, .control("c")) == [.cancelQuery])
        // The answer to an older statement is not shown.
        _ = model.update(.queryFailed(number: 0, "old"))
        #expect(model.query.isRunning && model.query.error == nil)
    }

    @Test func paletteRunsCommandsByName() {
        var model = SampleModel.make(width: 80, height: 24)
        _ = press(&model, .character(":"))
        for scalar in "metrics".unicodeScalars { _ = press(&model, .character(scalar)) }
        _ = press(&model, .enter)
        #expect(model.screen == .metrics)
    }

    @Test func commandTableIsSound() {
        var names: Set<String> = []
        for command in CommandTable.all {
            #expect(names.insert(command.name).inserted, "\(command.name) twice")
            #expect(!command.keys.isEmpty && !command.summary.isEmpty)
        }
        // One key, one meaning on every screen.
        for screen in ScreenID.allCases {
            var taken: [KeyPress: String] = [:]
            for command in CommandTable.all where command.isAvailable(on: screen) {
                for key in command.keys {
                    let isShared = command.screens == nil && taken[key] != nil
                    if !isShared {
                        #expect(taken[key] == nil, "\(KeyName.text(key)) on \(screen.title)")
                    }
                    taken[key] = taken[key] ?? command.name
                }
            }
        }
    }

    @Test("random use at random sizes never traps and keeps every row whole", arguments: 0..<60)
    func fuzz(_ seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var model = SampleModel.make(width: 80, height: 24)
        let keys: [Key] =
            "1234567jkgGqtwpFXP:;&/yhl[]?\\".unicodeScalars.map { .character($0) }
            + [.enter, .escape, .tab, .up, .down, .left, .right, .pageUp, .pageDown, .home, .end]
            + [.backspace, .delete, .function(2), .function(5), .control("d"), .control("u")]
            + [.control("c"), .control("r"), .control("p"), .control("l"), .control("j")]
        for step in 0..<150 {
            switch random.below(12) {
            case 0:
                _ = model.update(
                    .resize(width: 1 + random.below(220), height: 1 + random.below(70)))
            case 1: _ = model.update(.tick)
            case 2: _ = model.update(.snapshot(SampleModel.snapshot(second: 13 + step)))
            case 3:
                _ = model.update(
                    .input(
                        .mouse(.press, x: random.below(model.width), y: random.below(model.height)))
                )
            case 4: _ = model.update(.input(.mouse(.wheelDown, x: 0, y: 0)))
            default: _ = model.update(.input(.key(KeyPress(random.pick(keys)))))
            }
            let frame = View.render(model)
            #expect(frame.width == model.width && frame.height == model.height)
            for y in 0..<frame.height {
                let columns = frame.row(y).reduce(0) { sum, cell in
                    guard cell.glyph != 0, let scalar = Unicode.Scalar(cell.glyph) else {
                        return sum
                    }
                    return sum + TextWidth.columns(scalar)
                }
                #expect(columns == frame.width, "seed \(seed), step \(step), row \(y)")
            }
        }
    }

    @Test("themes load, have every role and can be read", arguments: ["dark", "light"])
    func themes(_ name: String) throws {
        let path = "themes/\(name).toml"
        let file = try ThemeFile(toml: try Repository.text(path), path: path)
        for role in Role.allCases {
            guard let contrast = file.contrast(of: role) else { continue }
            let isQuiet = [Role.border, .idle, .muted, .null].contains(role)
            #expect(contrast >= (isQuiet ? 1.8 : 4.0), "\(name) \(role.rawValue) \(contrast)")
        }
        for depth in [ColorDepth.mono, .sixteen, .palette256] { _ = file.resolve(depth) }
        #expect(throws: ThemeError.self) {
            try ThemeFile(toml: "[roles]\nnothing = { fg = 1 }", path: "x")
        }
        #expect(throws: ThemeError.self) { try ThemeFile(toml: "roles = [", path: "x") }
    }
}

/// Query results with a fixed duration.
enum QueryResultMaker {
    static func make(_ columns: [String], _ rows: [[StoreValue]]) -> QueryResult {
        QueryResult(columns: columns, rows: rows, isTruncated: false, seconds: 0.012)
    }
}
