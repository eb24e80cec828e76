import { createBrowserRouter, Navigate } from 'react-router';
import { Frame } from './features/shell/Frame.tsx';
import { RequireViewer } from './features/viewer/RequireViewer.tsx';
import { NotFoundPage } from './routes/NotFoundPage.tsx';
import { RouteFailure } from './routes/RouteFailure.tsx';

/** Every page but the frame is loaded when it is first opened. */
export const createRouter = () =>
  createBrowserRouter([
    {
      errorElement: <RouteFailure />,
      // Nothing is shown for the blink until the first page's code is there: index.html has the background.
      hydrateFallbackElement: <></>,
      children: [
        { path: '/sign-in', lazy: () => import('./routes/SignInPage.tsx') },
        {
          element: <RequireViewer />,
          children: [
            { path: 'oauth/:deploymentId/consent', lazy: () => import('./routes/ConsentPage.tsx') },
            {
              element: <Frame />,
              children: [
                { index: true, element: <Navigate to="/deployments" replace /> },
                { path: 'deployments', lazy: () => import('./routes/DeploymentsPage.tsx') },
                { path: 'new', lazy: () => import('./routes/NewPage.tsx') },
                {
                  path: 'deployments/:databaseId',
                  lazy: () => import('./routes/deployment/DeploymentPage.tsx'),
                  children: [
                    { index: true, lazy: () => import('./routes/deployment/OverviewTab.tsx') },
                    { path: 'playground', lazy: () => import('./routes/deployment/PlaygroundTab.tsx') },
                    { path: 'logs', lazy: () => import('./routes/deployment/LogsTab.tsx') },
                    { path: 'releases', lazy: () => import('./routes/deployment/ReleasesTab.tsx') },
                    { path: 'access', lazy: () => import('./routes/deployment/AccessTab.tsx') },
                    { path: 'settings', lazy: () => import('./routes/deployment/SettingsTab.tsx') },
                  ],
                },
                { path: 'account', lazy: () => import('./routes/AccountPage.tsx') },
                { path: 'registry', lazy: () => import('./routes/RegistryPage.tsx') },
                { path: 'audit', lazy: () => import('./routes/AuditPage.tsx') },
                { path: 'device', lazy: () => import('./routes/DevicePage.tsx') },
                { path: 'settings', lazy: () => import('./routes/SettingsPage.tsx') },
                { path: '*', element: <NotFoundPage /> },
              ],
            },
          ],
        },
      ],
    },
  ]);
