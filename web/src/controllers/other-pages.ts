/**
 * The pages besides the grid of photos, Explore, Map and Albums: each is loaded when it is opened, and takes the place of the grid.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { AlbumApi } from "../state/albums.ts";
import type { ExploreApi } from "../state/explore.ts";
import type { PageAddress, PageKind } from "../state/page-address.ts";
import type { FetchMap } from "../state/photo-map.ts";
import type { Bounds } from "../state/view.ts";

export interface OtherPagesContext {
  readonly api: ExploreApi & Pick<AlbumApi, "listAlbums">;
  readonly fetchMap: FetchMap;
  /** The map was moved to an area. */
  readonly onMapMoved: (bounds: Bounds) => void;
  readonly onLoadError: (error: unknown) => void;
}

const loaders = {
  albums: lazyImport(() => import("../elements/albums-page.ts")),
  explore: lazyImport(() => import("../elements/explore-page.ts")),
  map: lazyImport(() => import("../elements/map-page.ts")),
};

export class OtherPages {
  readonly #context: OtherPagesContext;
  readonly #main: HTMLElement;
  #element: HTMLElement | null = null;
  #generation = 0;
  /** Opens the page again that did not load; null if none failed. */
  #openAgain: (() => void) | null = null;

  /** The page that is open. */
  current: PageKind = "photos";

  constructor(main: HTMLElement, context: OtherPagesContext) {
    this.#main = main;
    this.#context = context;
  }

  /** Opens the page of an address again, even if it is open; or the grid of photos. */
  show(address: PageAddress, signedIn: boolean): void {
    const { page, view } = address;
    const generation = (this.#generation += 1);
    this.#openAgain = null;
    this.#element?.remove();
    this.#element = null;
    this.current = page;
    this.#main.dataset.page = page;
    if (page === "photos") return;
    this.#create(page, view, signedIn).then(
      (element) => {
        if (generation !== this.#generation) return;
        this.#main.append((this.#element = element));
      },
      (error: unknown) => {
        if (generation === this.#generation) {
          this.#openAgain = () => {
            this.show(address, signedIn);
          };
        }
        this.#context.onLoadError(error);
      },
    );
  }

  /** Opens the page again if it did not load. */
  retry(): void {
    this.#openAgain?.();
  }

  async #create(page: Exclude<PageKind, "photos">, { scope, bounds }: PageAddress["view"], signedIn: boolean): Promise<HTMLElement> {
    const { api, fetchMap, onMapMoved } = this.#context;
    if (page === "albums" || page === "shared") {
      return (await loaders.albums()).createAlbumsPage(api, page === "albums" ? "mine" : "shared", signedIn);
    }
    if (page === "explore") return (await loaders.explore()).createExplorePage(api, scope, signedIn);
    return (await loaders.map()).createMapPage(fetchMap, bounds, onMapMoved);
  }
}
