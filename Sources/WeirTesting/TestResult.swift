// How a test ended.

package struct TestResult: Sendable {
    package enum Outcome: Sendable {
        case passed
        /// The snapshot was written, because it was asked for.
        case written
        case failed(String, [JsonDifference])
    }

    package let test: PipelineTest
    package let outcome: Outcome
    package let seconds: Double

    package var hasFailed: Bool { if case .failed = outcome { true } else { false } }
}

/// How all tests ended.
package struct TestSummary: Sendable {
    package let results: [TestResult]
    /// Snapshots that belong to no test.
    package let strayed: [String]
    /// Rows of sources that were rejected.
    package let rejects: Int64
    package let seconds: Double

    package var failures: Int { results.count { $0.hasFailed } }
}
