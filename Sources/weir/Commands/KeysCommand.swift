// `weir keys`: all commands of the workbench with their keys.

import ArgumentParser
import WeirEngine
import WeirTUI

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "List the commands of the workbench and their keys.")

    func run() {
        var rows = [["KEYS", "COMMAND", "WHERE", "WHAT IT DOES"]]
        for command in CommandTable.all {
            let place =
                command.screens.map { screens in
                    screens.sorted { $0.rawValue < $1.rawValue }.map(\.title).joined(separator: " ")
                } ?? "everywhere"
            rows.append([command.keyText, command.name, place, command.summary])
        }
        Console.output(TextTable.render(rows, rightAligned: []))
    }
}
