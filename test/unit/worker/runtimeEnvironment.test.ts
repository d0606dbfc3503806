import { delimiter } from 'node:path';
import { expect, it } from 'vitest';
import { runtimeEnvironment } from '../../../src/worker/runtimeEnvironment';

it('F21 copies the environment without what belongs to the editor or changes Node', () => {
  const env = runtimeEnvironment({
    PATH: '/bin',
    HOME: undefined,
    NODE_OPTIONS: '--inspect',
    NODE_CHANNEL_FD: '3',
    VSCODE_IPC_HOOK: 'x',
    vscode_pid: '1',
    ELECTRON_RUN_AS_NODE: '0',
  });
  expect(env).toEqual({ PATH: '/bin', ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1', ORT_DISABLE_TELEMETRY: '1' });
});

it('puts back what a snap package of the editor set aside', () => {
  const env = runtimeEnvironment({
    GTK_PATH: '/snap/gtk',
    GTK_PATH_VSCODE_SNAP_ORIG: '/usr/gtk',
    GIO_MODULE_DIR: '/snap/gio',
    GIO_MODULE_DIR_VSCODE_SNAP_ORIG: '',
    NODE_OPTIONS_VSCODE_SNAP_ORIG: '--inspect',
  });
  expect(env).toEqual({
    GTK_PATH: '/usr/gtk',
    ELECTRON_RUN_AS_NODE: '1',
    ELECTRON_NO_ASAR: '1',
    ORT_DISABLE_TELEMETRY: '1',
  });
});

it('puts folders of native libraries before those that are named already', () => {
  const search = (editor: NodeJS.ProcessEnv, folders: string[]) => runtimeEnvironment(editor, folders).LD_LIBRARY_PATH;
  expect(search({}, [])).toBeUndefined();
  expect(search({ LD_LIBRARY_PATH: '/opt/cuda' }, [])).toBe('/opt/cuda');
  expect(search({}, ['/a', '/b'])).toBe(['/a', '/b'].join(delimiter));
  expect(search({ LD_LIBRARY_PATH: '/opt/cuda' }, ['/a'])).toBe(['/a', '/opt/cuda'].join(delimiter));
});
