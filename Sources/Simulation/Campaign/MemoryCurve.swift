import Foundation

/// How much memory a process has in use, hour by hour.
public struct MemoryCurve: Sendable, Hashable {
    /// Resident memory in KiB, in equal steps of time.
    public private(set) var readings: [Int]

    /// Makes a curve.
    public init(_ readings: [Int] = []) { self.readings = readings }

    /// Reads what this process has in use now, when all free memory is given back to the system.
    public mutating func read() {
        typealias Trim = @convention(c) (Int) -> Int32
        if let symbol = dlsym(dlopen(nil, RTLD_LAZY), "malloc_trim") { _ = unsafeBitCast(symbol, to: Trim.self)(0) }
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return }
        readings.append(pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024)
    }

    /// The line of least squares through the readings after the first ones, in KiB a step.
    ///
    /// - Parameter warmUp: how many of the first readings do not count, while caches fill.
    public func slope(afterWarmUp warmUp: Int) -> Double {
        let points = readings.enumerated().dropFirst(warmUp).map { (x: Double($0.offset), y: Double($0.element)) }
        guard points.count > 1 else { return 0 }
        let count = Double(points.count)
        let meanX = points.map(\.x).reduce(0, +) / count
        let meanY = points.map(\.y).reduce(0, +) / count
        let spread = points.map { ($0.x - meanX) * ($0.x - meanX) }.reduce(0, +)
        return points.map { ($0.x - meanX) * ($0.y - meanY) }.reduce(0, +) / spread
    }
}
