// How long a function may take when somebody waits for it.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Whoever calls functions on behalf of somebody who waits, such as an API, says with this when that is
/// over; a function that may take long on one value asks now and then.
///
/// It holds for a thread: a function works on the thread that calls it.
package final class FunctionLimit {
    /// Whether to end the work at hand. What the function gives then is not looked at.
    package let isOver: () -> Bool

    package init(isOver: @escaping () -> Bool) { self.isOver = isOver }

    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key, nil) == 0 ? key : nil
    }()

    /// That of this thread; nil when nobody waits.
    static var current: FunctionLimit? {
        guard let key, let pointer = pthread_getspecific(key) else { return nil }
        return Unmanaged<FunctionLimit>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Runs something that calls functions; it holds for those.
    package func hold<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard let key = Self.key else { return try body() }
        let before = pthread_getspecific(key)
        pthread_setspecific(key, Unmanaged.passUnretained(self).toOpaque())
        defer { pthread_setspecific(key, before) }
        return try body()
    }
}
