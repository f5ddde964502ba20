// The loop of the workbench: input, snapshots and time in; frames out.

import Dispatch
package import WeirEngine
import WeirSQL
import WeirTerminal

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs the workbench on a terminal until the user leaves.
///
/// Thread-confined: the thread that makes it owns the terminal.
package final class App {
    private let session: Session
    private let driver: NcursesDriver
    private let inbox: Inbox
    private let effects: EffectRunner
    /// What is asked of the API; nil when nothing is served.
    private let api: (() -> APIStatus)?
    private var model: Model
    private var decoder = InputDecoder()
    private var hasQuit = false
    private var isDirty = true
    private var signals: [any DispatchSourceSignal] = []

    /// Nil when there is no usable terminal.
    package init?(
        session: Session, theme: ThemeFile?, hasMouse: Bool, wantsColor: Bool,
        api: (() -> APIStatus)? = nil
    ) {
        guard let inbox = Inbox(),
            let driver = NcursesDriver(hasMouse: hasMouse, wantsColor: wantsColor)
        else { return nil }
        self.session = session
        self.api = api
        self.driver = driver
        self.inbox = inbox
        effects = EffectRunner(session: session, inbox: inbox)
        let size = driver.size
        model = Model(
            width: size.width, height: size.height,
            theme: theme?.resolve(driver.depth) ?? .plain, pipeline: session.project.name,
            storePath: session.options.storePath,
            texts: session.sources, hasMouse: hasMouse)
        model.query.history = QueryHistory.load()
    }

    /// Runs until the user leaves or the terminal goes away.
    package func run() {
        watchSignals()
        var nextTick = now()
        var nextSnapshot = now()
        while !hasQuit {
            let time = now()
            if time >= nextSnapshot {
                apply(.snapshot(session.snapshot()))
                if let api { apply(.api(api())) }
                nextSnapshot = time + 250
            }
            if time >= nextTick {
                apply(.tick)
                nextTick = time + 250
            }
            if isDirty { draw() }
            wait(until: min(nextTick, nextSnapshot))
        }
        driver.stop()
    }

    /// Milliseconds.
    private func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1000 + Int(time.tv_nsec) / 1_000_000
    }

    private func draw() {
        driver.draw(View.render(model))
        isDirty = false
    }

    private func wait(until deadline: Int) {
        let rest = max(0, deadline - now())
        // A lone ESC is a key when nothing follows it soon.
        let milliseconds = decoder.isWaiting ? min(rest, 25) : rest
        guard let bytes = driver.poll(wake: inbox.readEnd, milliseconds: milliseconds) else {
            hasQuit = true
            return
        }
        let events = bytes.isEmpty && decoder.isWaiting ? decoder.flush() : decoder.decode(bytes)
        for event in events { apply(.input(event)) }
        for message in inbox.takeAll() { apply(message) }
        let size = driver.size
        if size.width != model.width || size.height != model.height {
            driver.resize()
            apply(.resize(width: size.width, height: size.height))
        }
    }

    private func apply(_ message: Message) {
        for effect in model.update(message) { perform(effect) }
        isDirty = true
    }

    private func perform(_ effect: Effect) {
        switch effect {
        case .quit: hasQuit = true
        case .suspend:
            driver.suspend()
            isDirty = true
        case .redraw: driver.invalidate()
        case .setMouse(let value): driver.setMouse(value)
        case .copy(let text): driver.copy(text)
        default: effects.run(effect)
        }
    }

    /// SIGTERM and SIGHUP end the workbench in order; SIGWINCH wakes it.
    private func watchSignals() {
        for number in [SIGTERM, SIGHUP, SIGINT, SIGWINCH] {
            signal(number, number == SIGWINCH ? SIG_DFL : SIG_IGN)
            let source = DispatchSource.makeSignalSource(
                signal: number, queue: DispatchQueue(label: "weir signals"))
            let inbox = inbox
            source.setEventHandler {
                if number == SIGWINCH {
                    inbox.wake()
                } else {
                    inbox.post(.terminate)
                }
            }
            source.resume()
            signals.append(source)
        }
    }
}
