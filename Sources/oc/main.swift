import Foundation
import OCCore

exit(await OpenCraneCommand.execute(Array(CommandLine.arguments.dropFirst())))
