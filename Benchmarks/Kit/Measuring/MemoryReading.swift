import CMalloc
import Foundation

/// How much memory this process has, in bytes.
package struct MemoryReading: Sendable {
    /// Pages in memory.
    package var resident: Int
    /// The most there were since ``resetPeak()``.
    package var peak: Int
    /// What the allocator has given out.
    package var inUse: Int

    /// The state now, after the allocator has given back what it can.
    package static func atRest() -> MemoryReading {
        malloc_trim(0)
        return now()
    }

    /// The state now.
    package static func now() -> MemoryReading {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let info = mallinfo2()
        return MemoryReading(
            resident: kilobytes("VmRSS", in: text) * 1024,
            peak: kilobytes("VmHWM", in: text) * 1024,
            inUse: Int(info.uordblks) + Int(info.hblkhd)
        )
    }

    /// Lets the peak begin anew at what is resident now.
    package static func resetPeak() throws {
        guard let handle = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { throw BenchError("No /proc/self/clear_refs") }
        try handle.write(contentsOf: Data("5".utf8))
        try handle.close()
    }

    private static func kilobytes(_ name: String, in text: String) -> Int {
        for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
            return Int(line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first ?? "") ?? 0
        }
        return 0
    }
}

/// Processor time of this process so far, in seconds.
package func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
