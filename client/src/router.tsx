import { createBrowserRouter, type LazyRouteFunction, Navigate, type RouteObject } from 'react-router';
import { Frame } from './features/shell/Frame.tsx';
import { RequireViewer } from './features/viewer/RequireViewer.tsx';
import { keysPath, PAGES, type PageKey, pagePath } from './navigation/pages.ts';
import { TABS, type TabPath } from './navigation/tabs.ts';
import { NotFoundPage } from './routes/NotFoundPage.tsx';
import { RouteFailure } from './routes/RouteFailure.tsx';

type Lazy = LazyRouteFunction<RouteObject>;

/** Every page except the frame is loaded when it is first opened. */
const PAGE_MODULES: Record<PageKey, Lazy> = {
  deployments: () => import('./routes/DeploymentsPage.tsx'),
  new: () => import('./routes/NewPage.tsx'),
  bundles: () => import('./routes/BundlesPage.tsx'),
  registry: () => import('./routes/RegistryPage.tsx'),
  audit: () => import('./routes/AuditPage.tsx'),
  settings: () => import('./routes/SettingsPage.tsx'),
  installation: () => import('./routes/InstallationPage.tsx'),
  members: () => import('./routes/MembersPage.tsx'),
  account: () => import('./routes/AccountPage.tsx'),
  device: () => import('./routes/DevicePage.tsx'),
};

const TAB_MODULES: Record<TabPath, Lazy> = {
  '': () => import('./routes/deployment/OverviewTab.tsx'),
  members: () => import('./routes/deployment/MembersTab.tsx'),
  tools: () => import('./routes/deployment/ToolsTab.tsx'),
  playground: () => import('./routes/deployment/PlaygroundTab.tsx'),
  calls: () => import('./routes/deployment/CallsTab.tsx'),
  logs: () => import('./routes/deployment/LogsTab.tsx'),
  releases: () => import('./routes/deployment/ReleasesTab.tsx'),
  changes: () => import('./routes/deployment/ChangesTab.tsx'),
  views: () => import('./routes/deployment/ViewsTab.tsx'),
  access: () => import('./routes/deployment/AccessTab.tsx'),
  settings: () => import('./routes/deployment/SettingsTab.tsx'),
};

const tabRoutes = TABS.map(({ path }): RouteObject => {
  const lazy = TAB_MODULES[path];
  return path === '' ? { index: true, lazy } : { path, lazy };
});

export const createRouter = () =>
  createBrowserRouter([
    {
      errorElement: <RouteFailure />,
      // Shows nothing for the moment until the first page's code is there: index.html has the background.
      hydrateFallbackElement: <></>,
      children: [
        { path: '/sign-in', lazy: () => import('./routes/SignInPage.tsx') },
        {
          element: <RequireViewer />,
          children: [
            { path: 'oauth/:deploymentId/consent', lazy: () => import('./routes/ConsentPage.tsx') },
            { path: 'oauth/:deploymentId/v/:view/consent', lazy: () => import('./routes/ConsentPage.tsx') },
            {
              element: <Frame />,
              children: [
                { index: true, element: <Navigate to={pagePath('deployments')} replace /> },
                ...PAGES.map(({ key, path }): RouteObject => ({ path, lazy: PAGE_MODULES[key] })),
                { path: keysPath(':deploymentId'), lazy: () => import('./routes/KeysPage.tsx') },
                {
                  path: `${pagePath('deployments')}/:databaseId`,
                  lazy: () => import('./routes/deployment/DeploymentPage.tsx'),
                  children: tabRoutes,
                },
                { path: '*', element: <NotFoundPage /> },
              ],
            },
          ],
        },
      ],
    },
  ]);
