// One pipeline at a time on a store.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An advisory lock on a file beside the store; the system gives it up when the process ends,
/// however it ends.
final class StoreLock {
    private var descriptor: Int32

    /// - Throws: `StoreError.inUse` when another process has the lock.
    init(storePath: String) throws {
        descriptor = open(storePath + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.database(
                "cannot create \(storePath).lock: \(String(cString: strerror(errno)))")
        }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            close(descriptor)
            descriptor = -1
            throw StoreError.inUse(path: storePath)
        }
    }

    /// Gives the lock up. Unlocked before it is closed: a program being started by another thread
    /// has a copy of the descriptor until its image is loaded, and a lock ends with the last copy
    /// (flock(2)).
    func release() {
        guard descriptor >= 0 else { return }
        flock(descriptor, LOCK_UN)
        close(descriptor)
        descriptor = -1
    }

    deinit { release() }
}
