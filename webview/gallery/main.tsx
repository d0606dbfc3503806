import type { GalleryFromHost, GalleryToHost } from '../../src/common/webview/gallery';
import { connectHost, saveViewState } from '../ui/host';
import { mount } from '../ui/mount';
import './gallery.css';
import { GalleryPage } from './GalleryPage';
import { receive, type GalleryState } from './state';
import { ThumbnailStore } from './thumbnailStore';
import { Thumbnails } from './TilePicture';

let state: GalleryState = { trusted: false };
// The panel's serializer looks at the version after a reload.
saveViewState({ v: 1 });
const post = (message: GalleryToHost) => host.post(message);
const thumbnails = new ThumbnailStore((pictures) => post({ type: 'thumbnails', pictures }));
const host = connectHost<GalleryFromHost, GalleryToHost>((message) => {
  if (message.type === 'thumbnails') return thumbnails.receive(message.found);
  state = receive(state, message);
  const { strings } = state;
  if (strings)
    mount(
      <Thumbnails.Provider value={thumbnails}>
        <GalleryPage state={{ ...state, strings }} post={post} />
      </Thumbnails.Provider>,
    );
});
