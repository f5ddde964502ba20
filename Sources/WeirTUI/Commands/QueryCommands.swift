// What can be done on the query screen.

import WeirTerminal

enum QueryCommands {
    static let all: [Command] = [
        Command(
            "query.run", [KeyPress(.function(5)), control("j"), KeyPress(.enter, alt: true)],
            "run the statement", on: [.query], footer: "run"
        ) { $0.runQuery() },
        Command(
            "query.focus", [KeyPress(.tab)], "go between the editor and the results",
            on: [.query], footer: "grid"
        ) { model in
            model.query.isInGrid.toggle()
            return []
        },
        Command(
            "query.edit", [KeyPress(.enter), character("i"), character("e")],
            "go to the editor", on: [.query]
        ) { model in
            model.query.isInGrid = false
            return []
        },
        Command(
            "query.history", [control("r"), KeyPress(.function(3))],
            "bring back an earlier statement", on: [.query], footer: "history"
        ) { $0.recallQuery() },
        Command("query.clear", [control("l")], "empty the editor", on: [.query]) { model in
            model.query.editor.setText("")
            model.query.isInGrid = false
            return []
        },
    ]
}

extension Model {
    mutating func runQuery() -> [Effect] {
        let sql = query.editor.text.trimmed
        guard !sql.isEmpty else {
            say("type a SELECT first", isError: true)
            return []
        }
        query.number += 1
        query.isRunning = true
        query.error = nil
        query.completions = []
        query.historyPosition = nil
        if query.history.last != sql { query.history.append(sql) }
        if query.history.count > 500 { query.history.removeFirst() }
        return [.runQuery(number: query.number, sql: sql), .saveHistory(query.history)]
    }

    mutating func recallQuery() -> [Effect] {
        guard !query.history.isEmpty else {
            say("there is no history yet")
            return []
        }
        let position = (query.historyPosition ?? query.history.count) - 1
        let wrapped = position < 0 ? query.history.count - 1 : position
        query.historyPosition = wrapped
        query.editor.setText(query.history[wrapped])
        query.isInGrid = false
        return []
    }
}

extension String {
    var trimmed: String {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace || last == ";" { rest.removeLast() }
        return String(rest)
    }
}
