// A page per dashboard: /d/<uid>?var-client=acme&from=now-30d/d&to=now-1d/d&theme=dark
import { createTheme, ThemeContext } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { config, locationService } from '@grafana/runtime';
import { EmbeddedScene, UrlSyncManager } from '@grafana/scenes';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'react-router-dom';
import { DashboardJson, Found } from './model';
import { plugins } from './panels';
import { report } from './report';
import { sceneOf } from './scene';
import { startServices } from './services';

const asked = new URLSearchParams(window.location.search);
const dark = asked.get('theme') === 'dark';
const theme = createTheme({
  colors: { mode: dark ? 'dark' : 'light' },
});

// Client and time range go along, as with Grafana's own dashboard links.
function carried(): string {
  const kept = [...new URLSearchParams(window.location.search)].filter(([name]) => /^(var-|from$|to$|theme$)/.test(name));
  return new URLSearchParams(kept).toString();
}

function useLocation() {
  const [location, setLocation] = useState(locationService.getLocation());
  useEffect(() => locationService.getHistory().listen((next: any) => setLocation(next.location ?? next)), []);
  return location;
}

function Links({ current, all }: { current: string; all: Found[] }) {
  useLocation(); // drawn anew when a filter changes the address
  const shade = (on: boolean) => ({ color: on ? theme.colors.text.primary : theme.colors.text.link, fontWeight: on ? 500 : 400 });
  const other = new URLSearchParams(carried());
  other.set('theme', dark ? 'light' : 'dark');
  return (
    <nav style={{ display: 'flex', gap: 20, margin: '0 0 12px', flexWrap: 'wrap' }}>
      {all.map((one) => (
        <a key={one.uid} href={`/d/${one.uid}?${carried()}`} style={shade(one.uid === current)}>{one.title}</a>
      ))}
      <a href={`?${other}`} style={{ marginLeft: 'auto', color: theme.colors.text.secondary }}>{dark ? 'Light' : 'Dark'}</a>
    </nav>
  );
}

function Page({ scene, dashboard, all }: { scene: EmbeddedScene; dashboard: DashboardJson; all: Found[] }) {
  const location = useLocation();
  // Axes and bars are as wide as their labels in this font, which GlobalStyles announces.
  const [lettered, setLettered] = useState(false);
  useEffect(() => void document.fonts.load('12px Inter').then(() => setLettered(true)), []);
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Router location={location as any} navigator={locationService.getHistory() as any}>
        <div style={{ background: theme.colors.background.canvas, padding: 16, minHeight: '100vh', boxSizing: 'border-box' }}>
          <Links current={dashboard.uid} all={all} />
          <h1 style={{ fontSize: 22, margin: '0 0 2px' }}>{dashboard.title}</h1>
          <p style={{ color: theme.colors.text.secondary, margin: '0 0 10px' }}>{dashboard.description}</p>
          {lettered && <scene.Component model={scene} />}
        </div>
      </Router>
      <PortalContainer />
    </ThemeContext.Provider>
  );
}

const json = async (url: string) => (await fetch(url)).json();

async function main() {
  config.theme2 = theme;
  document.documentElement.style.background = theme.colors.background.canvas;
  await initPluginTranslations('preview', []);
  const uid = window.location.pathname.split('/').pop()!;
  const [{ dashboard }, all] = await Promise.all([json(`/api/dashboards/uid/${uid}`), json('/api/search?type=dash-db')]);
  document.title = `${dashboard.title}, preview`;
  startServices(plugins, dashboard.uid);
  const scene = sceneOf(dashboard);
  new UrlSyncManager({ updateUrlOnInit: true, createBrowserHistorySteps: true }).initSync(scene);
  (window as any).preview = () => report(scene);
  createRoot(document.getElementById('root')!).render(<Page scene={scene} dashboard={dashboard} all={all} />);
}

main();
