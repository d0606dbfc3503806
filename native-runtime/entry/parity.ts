import { parityCommand } from '../parity/command';

void parityCommand(process.argv.slice(2), (line) => console.log(line)).then((status) => {
  process.exitCode = status;
});
