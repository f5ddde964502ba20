// The workbench on a real terminal: tmux runs it, types and looks.

import Foundation
import TestSupport
import Testing

/// A tmux server of its own.
private final class Tmux {
    private let socket = "weir-test-\(UUID().uuidString.prefix(8))"
    private let folder: TemporaryFolder

    /// - Parameter behind: what the shell does when the program has left or is suspended.
    init(width: Int, height: Int, terminal: String, behind: String = "") throws {
        folder = try TemporaryFolder()
        let command =
            "export XDG_CACHE_HOME='\(folder.path)' XDG_STATE_HOME='\(folder.path)' TERM=\(terminal);"
            + " stty -g > '\(folder.path)/before'; set -m; '\(Program.weir)'; \(behind)"
            + " echo \"left $?\"; stty -g > '\(folder.path)/after'; cat"
        _ = try run(
            "new-session", "-d", "-c", folder.path, "-x", "\(width)", "-y", "\(height)", "bash",
            "-c", command)
    }

    deinit { _ = try? run("kill-server") }

    @discardableResult
    func run(_ arguments: String...) throws -> String {
        try Program.run(
            "/usr/bin/env", ["tmux", "-L", socket, "-f", "/dev/null"] + arguments,
            folder: NSTemporaryDirectory(), environment: ["TERM": "xterm-256color"]
        ).output
    }

    func type(_ keys: String) throws { try run("send-keys", keys) }

    var screen: String { (try? run("capture-pane", "-p")) ?? "" }

    func waits(for text: String, seconds: Double = 12) -> Bool {
        Program.wait(seconds: seconds) { screen.contains(text) }
    }

    /// Whether the line settings are as before.
    var isRestored: Bool {
        let before = try? String(contentsOfFile: folder.path + "/before", encoding: .utf8)
        return Program.wait(seconds: 5) {
            before != nil
                && (try? String(contentsOfFile: folder.path + "/after", encoding: .utf8)) == before
        }
    }
}

@Suite(.serialized) struct TerminalTests {
    @Test(
        "all screens come up and the terminal is left in order",
        arguments: ["xterm-256color", "tmux-256color", "vt100"])
    func screens(_ terminal: String) throws {
        let tmux = try Tmux(width: 80, height: 24, terminal: terminal)
        #expect(tmux.waits(for: "Flights.check"), "\(tmux.screen)")
        try tmux.type("2")
        #expect(tmux.waits(for: "POSITION"))
        try tmux.type("3")
        #expect(tmux.waits(for: "no rejects") || tmux.waits(for: "RULE"))
        try tmux.type("4")
        #expect(tmux.waits(for: "TAP"))
        try tmux.type("6")
        #expect(tmux.waits(for: "BLOCK"))
        try tmux.type("?")
        #expect(tmux.waits(for: "WHAT IT DOES"))
        try tmux.type("Escape")
        #expect(tmux.waits(for: "BLOCK"))
        try tmux.type("5")
        #expect(tmux.waits(for: "TABLES"))
        try tmux.type("SELECT count(*) AS aircraft FROM weir_data_Fleet")
        // The table grows while the replay runs.
        let isFull = Program.wait(seconds: 12) {
            try? tmux.type("F5")
            return tmux.screen.contains("35")
        }
        #expect(isFull, "\(tmux.screen)")
        try tmux.run("resize-window", "-x", "120", "-y", "40")
        #expect(tmux.waits(for: "rejects "), "\(tmux.screen)")
        // Escape leaves the editor, and once more the screen.
        let hasLeft = Program.wait(seconds: 12) {
            try? tmux.type("Escape")
            return tmux.screen.contains("throughput")
        }
        #expect(hasLeft, "\(tmux.screen)")
        // The first q asks, the second leaves.
        try tmux.type("q")
        let hasQuit = Program.wait(seconds: 12) {
            if tmux.screen.contains("left 0") { return true }
            try? tmux.type("q")
            return false
        }
        #expect(hasQuit, "\(tmux.screen)")
        #expect(tmux.screen.contains("rows read"))
        #expect(tmux.isRestored)
    }

    @Test func suspendsAndGoesOn() throws {
        let tmux = try Tmux(
            width: 80, height: 24, terminal: "xterm-256color",
            behind: "echo away; read line; fg;")
        #expect(tmux.waits(for: "Flights.check"), "\(tmux.screen)")
        try tmux.type("C-z")
        #expect(tmux.waits(for: "away"), "\(tmux.screen)")
        #expect(!tmux.screen.contains("Flights.check"))
        try tmux.type("Enter")
        #expect(tmux.waits(for: "Flights.check"), "\(tmux.screen)")
        // Not Ctrl-C: a second one, typed when the program has just left, would end the shell.
        try tmux.type("q")
        let hasQuit = Program.wait(seconds: 12) {
            if tmux.screen.contains("left 0") { return true }
            try? tmux.type("q")
            return false
        }
        #expect(hasQuit, "\(tmux.screen)")
        #expect(tmux.isRestored)
    }

    @Test func pastedTextIsTextAndNoCommands() throws {
        let tmux = try Tmux(width: 80, height: 24, terminal: "xterm-256color")
        #expect(tmux.waits(for: "Flights.check"), "\(tmux.screen)")
        // Outside of a text field pasted letters do nothing: a q or a digit would be seen.
        try tmux.run("set-buffer", "3q\nqq")
        try tmux.run("paste-buffer", "-p")
        try tmux.type("5")
        #expect(tmux.waits(for: "TABLES"), "\(tmux.screen)")
        try tmux.run("set-buffer", "SELECT 6 * 7\n  AS answer")
        try tmux.run("paste-buffer", "-p")
        #expect(tmux.waits(for: "AS answer"), "\(tmux.screen)")
        try tmux.type("F5")
        #expect(tmux.waits(for: "42"), "\(tmux.screen)")
    }

    @Test("signals leave the terminal in order", arguments: ["TERM", "SEGV"])
    func signals(_ name: String) throws {
        let tmux = try Tmux(width: 80, height: 24, terminal: "xterm-256color")
        #expect(tmux.waits(for: "Flights.check"))
        let children = try tmux.run("list-panes", "-F", "#{pane_pid}")
        let shell = children.filter(\.isNumber)
        _ = try Program.run(
            "/usr/bin/env", ["pkill", "-\(name)", "-P", shell, "weir"], folder: "/")
        #expect(tmux.waits(for: name == "TERM" ? "left 0" : "left ", seconds: 60), "\(tmux.screen)")
        #expect(tmux.isRestored)
    }
}
