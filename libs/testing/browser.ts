/** Pages that one way through a provider's login may take. */
const STEPS_MAX = 12;

/** Where a browser stands. */
interface Place {
  readonly url: URL;
  readonly response: Response;
}

/** A person's browser, as far as a login needs one: cookies by origin, redirects, and forms that are filled in. */
export class Browser {
  private readonly cookies = new Map<string, Map<string, string>>();

  /** One call without following its redirect. Cookies are sent and kept. */
  async call(url: string, options: { readonly form?: Readonly<Record<string, string>> } = {}): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar);
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(options.form ? { method: 'POST', body: new URLSearchParams(options.form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) keepCookie(jar, line);
    return response;
  }

  /** The cookie that an origin has set, for carrying it elsewhere as a load balancer would. */
  cookie(origin: string, name: string): string | undefined {
    return this.cookies.get(origin)?.get(name);
  }

  /** Signs in at a provider as `login`, agrees to what it asks, and stops at the first redirect to `until`, whose URL it returns. */
  async passLogin(start: string, login: string, until: string): Promise<URL> {
    let place = await this.follow(start, until);
    for (let step = 0; step < STEPS_MAX; step += 1) {
      if (place.url.href.startsWith(until)) return place.url;
      const page = await place.response.text();
      const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&');
      if (action === undefined) throw new Error(`no form at ${place.url.href}: ${place.response.status} ${page.slice(0, 500)}`);
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? 'login';
      const form: Record<string, string> = prompt === 'login' ? { prompt, login, password: 'any' } : { prompt };
      place = await this.follow(new URL(action, place.url).href, until, form);
    }
    throw new Error(`the login did not end: ${place.url.href}`);
  }

  private async follow(start: string, until: string, form?: Readonly<Record<string, string>>): Promise<Place> {
    let url = new URL(start);
    let response = await this.call(start, form ? { form } : {});
    for (let step = 0; step < STEPS_MAX; step += 1) {
      const location = response.headers.get('location');
      if (location === null) return { url, response };
      url = new URL(location, url);
      if (url.href.startsWith(until)) return { url, response };
      response = await this.call(url.href);
    }
    throw new Error(`too many redirects: ${url.href}`);
  }
}

function keepCookie(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const name = pair.slice(0, at);
  const isGone = attributes.some((attribute) => /^max-age=0$/i.test(attribute) || /^expires=thu, 01 jan 1970/i.test(attribute));
  if (isGone) jar.delete(name);
  else jar.set(name, pair.slice(at + 1));
}
