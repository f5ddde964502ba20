// SIGINT and SIGTERM stop a run in order; the second one ends the process at once.

import Dispatch
import Synchronization
import WeirEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Watches for signals while a session runs.
final class Interrupts {
    private var sources: [any DispatchSourceSignal] = []
    private let count = SignalCount()
    private let first = DispatchSemaphore(value: 0)

    init(session: Session) {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(
                signal: number, queue: DispatchQueue(label: "weir signals"))
            let (count, first) = (count, first)
            source.setEventHandler {
                if count.increment() > 1 { endProcess(130) }
                session.stop()
                first.signal()
            }
            source.resume()
            sources.append(source)
        }
    }

    var wasInterrupted: Bool { count.value > 0 }

    /// Waits for the first signal.
    func wait() { first.wait() }
}

/// Signals seen so far.
private final class SignalCount: Sendable {
    private let count = Mutex(0)

    func increment() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }

    var value: Int { count.withLock { $0 } }
}
