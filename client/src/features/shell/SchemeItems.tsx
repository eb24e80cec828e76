import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconDeviceDesktop, IconMoon, IconSun } from '@tabler/icons-react';

export const SCHEMES = [
  { value: 'auto', label: 'System', icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
] as const;

/** Without `keepTransitions` Mantine writes a <style> element, which the content security policy forbids. */
export const useScheme = () => useMantineColorScheme({ keepTransitions: true });

export function SchemeItems() {
  const { colorScheme, setColorScheme } = useScheme();
  return SCHEMES.map(({ value, label, icon: SchemeIcon }) => (
    <Menu.Item
      key={value}
      leftSection={<SchemeIcon size={15} />}
      rightSection={colorScheme === value ? <IconCheck size={14} aria-label="selected" /> : null}
      closeMenuOnClick={false}
      onClick={() => setColorScheme(value)}
    >
      {label}
    </Menu.Item>
  ));
}
