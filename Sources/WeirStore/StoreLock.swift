// Who works on a store: one pipeline at a time writes, and nobody replaces what somebody serves.

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An advisory lock on a file beside the store; the system gives it up when the process ends,
/// however it ends.
final class StoreLock: Sendable {
    enum Kind {
        /// One pipeline at a time writes.
        case running
        /// Any number serve.
        case serving
        /// Nobody serves.
        case replacing

        var suffix: String {
            switch self {
            case .running: ".lock"
            case .serving, .replacing: ".serving"
            }
        }
    }

    private let descriptor: Mutex<Int32>

    /// - Throws: `StoreError.inUse` or `.isServed` when another process has a lock that excludes it.
    init(storePath: String, _ kind: Kind = .running) throws {
        let file = storePath + kind.suffix
        let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.database(
                "cannot create \(file): \(String(cString: strerror(errno)))")
        }
        let way = kind == .serving ? LOCK_SH : LOCK_EX
        if flock(descriptor, way | LOCK_NB) != 0 {
            close(descriptor)
            throw kind == .running
                ? StoreError.inUse(path: storePath) : StoreError.isServed(path: storePath)
        }
        self.descriptor = Mutex(descriptor)
    }

    /// Gives the lock up. Unlocked before it is closed: a program being started by another thread
    /// has a copy of the descriptor until its image is loaded, and a lock ends with the last copy
    /// (flock(2)).
    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            flock(descriptor, LOCK_UN)
            close(descriptor)
            descriptor = -1
        }
    }

    deinit { release() }
}
