// Times of the engine on screens.

import WeirColumnar

extension ValueText {
    /// Microseconds since 1970 as `2013-01-20 17:30:15`.
    static func timestampText(_ micros: Int64) -> String {
        TimeText.timestamp(micros, precision: 0)
    }
}
