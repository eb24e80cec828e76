import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core';

/** The color of controls: ink on paper, paper on ink. Hues are reserved for status and for the one accent. */
const ink: MantineColorsTuple = [
  '#f6f7f9',
  '#eceef1',
  '#d9dce2',
  '#bcc1cb',
  '#959cab',
  '#6d7585',
  '#525a69',
  '#3a414e',
  '#252a34',
  '#14171d',
];

const dark: MantineColorsTuple = [
  '#e7e9ed',
  '#b9bec8',
  '#959cab',
  '#6b7280',
  '#434955',
  '#22262e',
  '#181b21',
  '#101216',
  '#0b0d10',
  '#07080a',
];

const SANS =
  "'Inter Variable', Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif";
const MONO =
  "'JetBrains Mono Variable', ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace";

export const theme = createTheme({
  colors: { ink, dark },
  primaryColor: 'ink',
  primaryShade: { light: 9, dark: 0 },
  autoContrast: true,
  // Mantine chooses the text color of filled controls for the light scheme only; ink turns to paper in the dark one.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const isInk = input.variant === 'filled' && (input.color === 'ink' || input.color === undefined);
    return isInk ? { ...colors, color: 'var(--mantine-primary-color-contrast)' } : colors;
  },
  white: '#ffffff',
  black: '#14171d',
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  defaultRadius: 'sm',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '1.3' },
      h2: { fontSize: '16px', lineHeight: '1.4' },
      h3: { fontSize: '14px', lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    InputWrapper: {
      vars: () => ({
        description: { '--input-description-size': '12px' },
        error: { '--input-error-size': '12px' },
        label: {},
      }),
    },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } },
    Radio: { defaultProps: { iconColor: 'var(--mantine-primary-color-contrast)' } },
    Checkbox: { defaultProps: { iconColor: 'var(--mantine-primary-color-contrast)' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Modal: {
      defaultProps: {
        // Mantine's scroll lock writes a <style> element, which the content security policy forbids; base.css locks.
        lockScroll: false,
        centered: true,
        overlayProps: { backgroundOpacity: 0.5, blur: 2 },
        closeButtonProps: { 'aria-label': 'Close' },
        // Mantine writes a <header>, which would be a second banner of the page.
        attributes: { header: { role: 'none' } },
        styles: { title: { fontWeight: 600 } },
      },
    },
    Drawer: { defaultProps: { lockScroll: false } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Menu: { defaultProps: { position: 'bottom-end', shadow: 'md', width: 220 } },
  },
});
