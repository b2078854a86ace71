import Foundation
import JSONValue
import NIOConcurrencyHelpers
import Testing

@testable import OCCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Output that cannot be written, and terminals that show nothing.
@Suite struct StandardStreamTests {
    @Test func aPipeWithoutAReaderAndAFullDeviceAreErrorsAndNoCrash() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let stream = StandardStream(descriptor: ends[1])
        #expect(stream.write("hello\n") == nil)
        var bytes = [UInt8](repeating: 0, count: 16)
        #expect(read(ends[0], &bytes, 16) == 6 && bytes.starts(with: Array("hello\n".utf8)))
        close(ends[0])
        #expect(stream.write("hello\n") == EPIPE)
        close(ends[1])

        let full = open("/dev/full", O_WRONLY)
        try #require(full >= 0)
        defer { close(full) }
        #expect(StandardStream(descriptor: full).write("hello\n") == ENOSPC)
        #expect(StandardStream(descriptor: full).write("") == nil)
        // A closed stream's place is held by something that cannot be written.
        let held = open("/dev/null", O_RDONLY)
        defer { close(held) }
        #expect(StandardStream(descriptor: held).write("hello\n") == EBADF)
        #expect(StandardStream(descriptor: -1).write("hello\n") == EBADF)
    }

    @Test func aLongTextIsWrittenToItsEnd() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        // A pipe that does not wait takes a part only: the rest follows.
        #expect(fcntl(writer, F_SETFL, O_NONBLOCK) == 0)
        let text = String(repeating: "0123456789abcdef", count: 40_000)
        let received = NIOLockedValueBox(0)
        let thread = Thread {
            var bytes = [UInt8](repeating: 0, count: 10_000)
            while true {
                let count = read(reader, &bytes, bytes.count)
                if count <= 0 { break }
                received.withLockedValue { $0 += count }
            }
            received.withLockedValue { $0 = -$0 }
        }
        thread.start()
        #expect(StandardStream(descriptor: writer).write(text) == nil)
        close(writer)
        try await until { received.withLockedValue { $0 } < 0 }
        #expect(received.withLockedValue { $0 } == -640_000)
        close(reader)
    }

    @Test func whoStopsReadingEndsQuietlyAndALostSecretIsTold() {
        let quiet = StandardStream.Ending(EPIPE)
        #expect(quiet.text == "" && quiet.exit == 141)
        let full = StandardStream.Ending(ENOSPC)
        #expect(full.exit == 1 && full.text == "Error: Standard output cannot be written: No space left on device (CANNOT_WRITE)\n")
        let seen = StandardStream.Ending(ENOSPC, secret: "ocp_1\n", isSeen: true)
        #expect(seen.exit == 1 && seen.text.hasSuffix("What was to be written there: ocp_1\n"))
        // A log keeps no secret, also when nobody reads the pipe.
        let unseen = StandardStream.Ending(EPIPE, secret: "ocp_1\n", isSeen: false)
        #expect(unseen.exit == 1 && !unseen.text.contains("ocp_1") && unseen.text.contains("is lost"))
    }

    @Test func secretsAreWrittenAsSuch() async {
        let harness = Harness(answers: [
            "POST /api/v1/access-tokens": [.json(201, ["id": "1", "name": "ci", "plainTextToken": "ocp_1"])],
            "POST /api/v1/tenants": [.json(201, ["name": "mia"])],
        ])
        #expect(await harness.run("create", "access-token", "ci").revealed == "ocp_1\n")
        #expect(await harness.run("create", "access-token", "ci", "-o", "json").revealed.contains("ocp_1"))
        let other = await harness.run("create", "tenant", "mia", "--display-name", "M", "--email", "m@x.test")
        #expect(other.revealed == "" && other.output == "tenant/mia created\n")
    }

    // MARK: the echo

    /// A terminal of its own: the side that a program has.
    private func terminal() throws -> (master: Int32, side: Int32) {
        var (master, side): (Int32, Int32) = (-1, -1)
        try #require(openpty(&master, &side, nil, nil, nil) == 0)
        return (master, side)
    }

    private func echoes(_ descriptor: Int32) -> Bool {
        var settings = termios()
        return tcgetattr(descriptor, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
    }

    @Test func theEchoComesBackAfterASecret() throws {
        let (master, side) = try terminal()
        defer { [master, side].forEach { close($0) } }
        #expect(echoes(side))
        let answer = Terminal.withoutEcho(side, signals: [], ended: { _ in }, body: { echoes(side) ? "shown" : "hidden" })
        #expect(answer == "hidden" && echoes(side))
    }

    @Test func aSignalGivesTheEchoBackFirst() async throws {
        let (master, side) = try terminal()
        defer { [master, side].forEach { close($0) } }
        let came = NIOLockedValueBox<(signal: Int32, echoes: Bool)?>(nil)
        Terminal.withoutEcho(
            side,
            signals: [SIGUSR2],
            ended: { number in came.withLockedValue { $0 = (number, self.echoes(side)) } },
            body: {
                #expect(!echoes(side))
                kill(getpid(), SIGUSR2)
                let deadline = Date(timeIntervalSinceNow: 60)
                // wait: a program that reads a secret is blocked, too
                while came.withLockedValue({ $0 == nil }), Date() < deadline { usleep(1000) }
            }
        )
        let found = try #require(came.withLockedValue { $0 })
        #expect(found.signal == SIGUSR2 && found.echoes)
    }

    @Test func aTerminalSaysHowLargeItIs() throws {
        let (master, side) = try terminal()
        defer { [master, side].forEach { close($0) } }
        #expect(Terminal.size(side) == nil)
        var size = winsize(ws_row: 30, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
        #expect(ioctl(side, UInt(TIOCSWINSZ), &size) == 0)
        #expect(Terminal.size(side) == Terminal.Size(columns: 100, rows: 30))
    }

    private func until(_ condition: () -> Bool) async throws {
        let deadline = Date(timeIntervalSinceNow: 60)
        while !condition() {
            try #require(Date() < deadline)
            try await Task.sleep(for: .milliseconds(5))  // wait: for a thread, with a deadline
        }
    }
}
