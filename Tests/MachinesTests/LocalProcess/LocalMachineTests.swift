import Testing

@testable import Machines

@Suite("Local machines: decisions")
struct LocalMachineTests {
    private static let configuration = LocalProcessConfiguration(root: "/tmp", gateway: ["x"])
    private static let identity = ProcessIdentity(pid: 4711, startTime: 1, bootID: "b")

    private static func machine(commands: Int = 0, wanted: MachineRecord.Wanted = .on) -> LocalMachine {
        let commands = Array(repeating: ["x"], count: commands)
        let record = MachineRecord(name: "m", owner: Samples.owner, userDataHash: "h", port: 1, wanted: wanted, commands: commands)
        return LocalMachine(record, now: .zero)
    }

    private static func step(_ machine: inout LocalMachine, at seconds: Double, _ condition: ProcessCondition, isEnding: Bool = false)
        -> LocalAction
    {
        machine.step(now: .seconds(seconds), condition: condition, isEnding: isEnding, configuration: configuration)
    }

    @Test("Commands run one after the other, then the gateway")
    func order() {
        var machine = Self.machine(commands: 2)
        #expect(Self.step(&machine, at: 0, .none) == .start(.bootstrap))
        machine.started(.bootstrap, Self.identity, now: .zero)
        #expect(machine.observation(isAlive: true).state == .creating)
        #expect(Self.step(&machine, at: 0, .alive) == .nothing)
        #expect(Self.step(&machine, at: 1, .ended(.exit(0))) == .start(.bootstrap))
        machine.started(.bootstrap, Self.identity, now: .seconds(1))
        #expect(!machine.record.isProvisioned)
        #expect(Self.step(&machine, at: 2, .ended(.exit(0))) == .start(.gateway))
        machine.started(.gateway, Self.identity, now: .seconds(2))
        #expect(machine.record.isProvisioned)
        #expect(machine.observation(isAlive: true).state == .running)
    }

    @Test("A command that gives up is final until the machine is switched off and on")
    func gaveUp() {
        var machine = Self.machine(commands: 1)
        _ = Self.step(&machine, at: 0, .none)
        machine.started(.bootstrap, Self.identity, now: .zero)
        #expect(Self.step(&machine, at: 1, .ended(.exit(1))) == .nothing)
        #expect(Self.step(&machine, at: 1000, .none) == .nothing)
        let seen = machine.observation(isAlive: false)
        #expect(seen.state == .failed)
        #expect(seen.trouble?.isPermanent == true)
        machine.record.wanted = .off
        #expect(Self.step(&machine, at: 1001, .none) == .nothing)
        machine.record.wanted = .on
        #expect(Self.step(&machine, at: 1002, .none) == .start(.bootstrap))
    }

    @Test("A command that was killed is run again after a pause; one whose end nobody saw at once", arguments: [true, false])
    func interrupted(isSeen: Bool) {
        var machine = Self.machine(commands: 1)
        machine.started(.bootstrap, Self.identity, now: .zero)
        #expect(Self.step(&machine, at: 1, .ended(isSeen ? .signal(9) : .unknown)) == (isSeen ? .nothing : .start(.bootstrap)))
        #expect(machine.record.commandsDone == 0)
        #expect(machine.record.refusal == nil)
        #expect(Self.step(&machine, at: 2.1, .none) == .start(.bootstrap))
    }

    @Test("Pauses between restarts double up to a minute, and begin anew after a minute of health")
    func pauses() {
        var machine = Self.machine()
        var now = 0.0
        for expected in [1.0, 2, 4, 8, 16, 32, 60, 60] {
            machine.started(.gateway, Self.identity, now: .seconds(now))
            #expect(Self.step(&machine, at: now, .ended(.exit(1))) == .nothing)
            #expect(machine.observation(isAlive: false).state == .degraded)
            #expect(Self.step(&machine, at: now + expected - 0.1, .none) == .nothing)
            #expect(Self.step(&machine, at: now + expected, .none) == .start(.gateway))
            now += expected
        }
        machine.started(.gateway, Self.identity, now: .seconds(now))
        #expect(machine.observation(isAlive: true).state == .degraded)
        #expect(machine.observation(isAlive: true).trouble?.reason == "GatewayCrashed")
        #expect(Self.step(&machine, at: now + 60, .alive) == .nothing)
        #expect(machine.record.failures == 0)
        #expect(machine.observation(isAlive: true).state == .running)
        #expect(Self.step(&machine, at: now + 61, .ended(.signal(9))) == .nothing)
        #expect(machine.record.failures == 1)
        #expect(Self.step(&machine, at: now + 62, .none) == .start(.gateway))
    }

    @Test("Long health is counted also when nobody looked during it")
    func healthUnseen() {
        var machine = Self.machine()
        machine.record.failures = 5
        machine.started(.gateway, Self.identity, now: .zero)
        _ = Self.step(&machine, at: 100, .ended(.exit(0)))
        #expect(machine.record.failures == 1)
    }

    @Test("A process is asked to end, and killed after the time of grace")
    func stopping() {
        var machine = Self.machine()
        machine.started(.gateway, Self.identity, now: .zero)
        machine.record.wanted = .off
        #expect(Self.step(&machine, at: 1, .alive) == .terminate)
        #expect(machine.observation(isAlive: true).state == .stopping)
        #expect(Self.step(&machine, at: 10.9, .alive) == .nothing)
        #expect(Self.step(&machine, at: 11, .alive) == .kill)
        #expect(Self.step(&machine, at: 11.5, .ended(.signal(9))) == .nothing)
        #expect(machine.record.failures == 0)
        #expect(machine.observation(isAlive: false).state == .stopped)
    }

    @Test("Switched on again while it ends, it ends first")
    func changedMind() {
        var machine = Self.machine()
        machine.started(.gateway, Self.identity, now: .zero)
        machine.record.wanted = .off
        _ = Self.step(&machine, at: 1, .alive)
        machine.record.wanted = .on
        #expect(Self.step(&machine, at: 2, .alive) == .nothing)
        #expect(machine.observation(isAlive: true).state == .stopping)
        #expect(Self.step(&machine, at: 3, .ended(.signal(15))) == .start(.gateway))
        #expect(machine.record.failures == 0)
    }

    @Test("A machine that goes ends first, and is removed then")
    func going() {
        var machine = Self.machine()
        machine.started(.gateway, Self.identity, now: .zero)
        machine.record.wanted = .gone
        #expect(Self.step(&machine, at: 1, .alive) == .terminate)
        #expect(machine.observation(isAlive: true).state == .deleting)
        #expect(Self.step(&machine, at: 2, .ended(.exit(0))) == .remove)
        var idle = Self.machine(wanted: .gone)
        #expect(Self.step(&idle, at: 0, .none) == .remove)
    }

    @Test("When everything ends, processes end and what is wanted stays")
    func ending() {
        var machine = Self.machine()
        machine.started(.gateway, Self.identity, now: .zero)
        #expect(Self.step(&machine, at: 1, .alive, isEnding: true) == .terminate)
        #expect(Self.step(&machine, at: 2, .ended(.signal(15)), isEnding: true) == .nothing)
        #expect(machine.record.wanted == .on)
        #expect(machine.record.failures == 0)
        #expect(Self.step(&machine, at: 3, .none) == .start(.gateway))
    }

    @Test("A process that cannot be started is tried again with growing pauses")
    func cannotStart() {
        var machine = Self.machine()
        machine.startFailed(now: .zero, Self.configuration)
        #expect(Self.step(&machine, at: 0.5, .none) == .nothing)
        #expect(machine.observation(isAlive: false).state == .degraded)
        #expect(Self.step(&machine, at: 1, .none) == .start(.gateway))
    }

    @Test("A line of /proc is read whatever the process is called")
    func lines() {
        let tail = "S 1 4711 4711 0 -1 4194304 1 0 0 0 0 0 0 0 20 0 1 0 8675309 0 0"
        for name in ["sleep", "a b", "x) R 1", "((", ")"] {
            let line = ProcessTable.Line("4711 (\(name)) \(tail)")
            #expect(line?.state == "S")
            #expect(line?.session == 4711)
            #expect(line?.startTime == 8_675_309)
        }
        #expect(ProcessTable.Line("") == nil)
        #expect(ProcessTable.Line("1 (x) S 1") == nil)
    }

    @Test("User data gives its files and commands, and is refused when it is something else")
    func cloudConfig() throws {
        let text = LocalStage.userData(["pass"], root: "/r")
        let config = try CloudConfig(text)
        #expect(config.files.map(\.path) == ["/opt/step-0.py"])
        #expect(config.files.map(\.mode) == [0o700])
        let command = CloudConfig.relocated(config.commands[0], files: ["/opt/step-0.py"], below: "/r/m/files")
        #expect(command == ["python3", "/r/m/files/opt/step-0.py", "/r/acme-01/state"])
        let bad = [
            "", "#!/bin/sh\ntrue\n", "#cloud-config\n[]", "#cloud-config\nruncmd: []", "#cloud-config\n{\"runcmd\":[\"true\"]}",
            "#cloud-config\n{\"runcmd\":[[]]}", "#cloud-config\n{\"write_files\":[{\"path\":\"/a/../../b\",\"content\":\"\"}]}",
            "#cloud-config\n{\"write_files\":[{\"path\":\"b\",\"content\":\"\"}]}",
        ]
        for text in bad { #expect(throws: MachineError.self) { try CloudConfig(text) } }
    }

    @Test("Ports are gone round once, and those of machines that do not run are left out")
    func ports() {
        #expect(LoopbackPort.choose(in: 10...13, from: 2, taken: [12, 13], isFree: { _ in true }) == 10)
        #expect(LoopbackPort.choose(in: 10...13, from: 7, taken: [], isFree: { $0 == 12 }) == 12)
        #expect(LoopbackPort.choose(in: 10...13, from: 0, taken: [10, 11, 12, 13], isFree: { _ in true }) == nil)
    }
}
